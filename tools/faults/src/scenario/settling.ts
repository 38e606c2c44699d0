import { topics } from '@perennial/contracts';
import type { PlatformUnderTest } from '../platform/platform.under.test';

const limitMs = 120_000;
const pauseMs = 500;

interface Days {
  readonly days: readonly { readonly day: string; readonly batches: readonly { readonly state: string }[] }[];
}

/** What is still under way: records not handled, and batches that wait for late rows. Heartbeats never end. */
async function pendingWork(platform: PlatformUnderTest, dataset: string): Promise<string[]> {
  const { lag } = await platform.status();
  const behind = lag
    .filter(({ topic, lag: records }) => records > 0 && topic !== topics.replicas.name)
    .map(({ group, topic, lag: records }) => `${group} is ${records} records behind on ${topic}`);
  const { days } = await platform.get<Days>(`/api/v1/datasets/${dataset}/days`);
  const open = days.flatMap(({ day, batches }) =>
    batches.filter(({ state }) => state === 'collecting' || state === 'closing').map(({ state }) => `${day}: ${state}`),
  );
  return [...behind, ...open];
}

/** Waits until every message is dealt with and every batch is closed or discarded. */
export async function settle(platform: PlatformUnderTest, dataset: string): Promise<void> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const pending = await pendingWork(platform, dataset);
    if (pending.length === 0) return;
    if (performance.now() > deadline) throw new Error(`not settled after ${limitMs} ms: ${pending.join('; ')}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}
