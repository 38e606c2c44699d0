import { request } from 'undici';
import { serviceNames } from '@perennial/contracts';
import type { CommandContext } from '../command.context';
import { failed, unreachable } from '../command.error';
import { serviceUrl } from '../platform/platform.plan';
import { runningPlatform } from '../platform/platform.start';

interface Used {
  readonly id: string;
  readonly lastUsed: string | null;
  readonly requests: number;
}

/** Not by fetch: it refuses some ports, among them 6566, which feature stores use. */
async function usedAt(url: string, key: string | undefined): Promise<Used[]> {
  const headers = key ? { authorization: `Bearer ${key}` } : {};
  const signal = AbortSignal.timeout(10_000);
  const answer = await request(`${url.replace(/\/+$/, '')}/api/v1/access/keys`, { headers, signal }).catch(
    (cause: Error) => {
      throw unreachable(`${url} does not answer (${cause.message})`, { cause });
    },
  );
  if (answer.statusCode !== 200) {
    await answer.body.dump();
    throw failed(`${url} answered ${answer.statusCode}`, { hint: 'PERENNIAL_KEY must be a key with the scope admin' });
  }
  return ((await answer.body.json()) as { keys: Used[] }).keys;
}

/** By key: when a service last accepted it, and how often since the services started. */
export async function keyUsage(
  { env, stack }: CommandContext,
  named: readonly string[] | undefined,
): Promise<Map<string, Used>> {
  const plan = runningPlatform(stack.home);
  const urls = named ?? (plan ? serviceNames.map((name) => serviceUrl(plan, name)) : []);
  const usage = new Map<string, Used>();
  for (const used of (await Promise.all(urls.map((url) => usedAt(url, env.PERENNIAL_KEY)))).flat()) {
    const { lastUsed = null, requests = 0 } = usage.get(used.id) ?? {};
    const latest =
      [lastUsed, used.lastUsed]
        .filter((at) => at !== null)
        .sort()
        .at(-1) ?? null;
    usage.set(used.id, { id: used.id, lastUsed: latest, requests: requests + used.requests });
  }
  return usage;
}
