import { topics } from '@perennial/contracts';
import { silentLogger } from '@perennial/messaging';
import { type KafkaConfig, listDeadLetters } from '@perennial/messaging-kafka';
import type { PlatformUnderTest } from '../../platform/platform.under.test';
import { dayLimitMs } from '../../scenario/scenario';
import { type PoisonMessage, poisonHeader } from './poison.message';

/** A difference between what was expected and what was found, one line each. */
function differences(expected: readonly string[], found: readonly string[], what: string): string[] {
  const [wanted, there] = [new Set(expected), new Set(found)];
  return [
    ...[...wanted].filter((each) => !there.has(each)).map((each) => `${what} is missing: ${each}`),
    ...[...there].filter((each) => !wanted.has(each)).map((each) => `${what} was not expected: ${each}`),
  ];
}

/** `message → group: code` of every dead letter that must be there; a letter may come more than once. */
export const expectedLetters = (run: string, messages: readonly PoisonMessage[]): string[] =>
  messages.flatMap(({ name, fate }) =>
    'deadLetter' in fate ? fate.groups.map((group) => `${run}/${name} → ${group}: ${fate.deadLetter}`) : [],
  );

export async function letterProblems(
  kafka: KafkaConfig,
  run: string,
  messages: readonly PoisonMessage[],
): Promise<string[]> {
  const letters = await listDeadLetters(kafka, Object.values(topics), silentLogger);
  const ours = letters.flatMap(({ record, group, code }) => {
    const name = record.headers[poisonHeader]?.toString('utf8');
    return name?.startsWith(`${run}/`) ? [`${name} → ${group}: ${code}`] : [];
  });
  return differences(expectedLetters(run, messages), ours, 'dead letter');
}

interface Quarantined {
  readonly records: readonly {
    readonly record: unknown;
    readonly problems: readonly { readonly column: string; readonly rule: string }[];
  }[];
  readonly next: string | null;
}

/** The quarantined records of the poison, as `problem; problem` each, against what was expected. */
export async function quarantineProblems(
  platform: PlatformUnderTest,
  dataset: string,
  day: string,
  messages: readonly PoisonMessage[],
): Promise<string[]> {
  const found: string[] = [];
  const path = `/api/v1/datasets/${dataset}/days/${day}/quarantine?limit=100`;
  for (let after = ''; ;) {
    const page = await platform.get<Quarantined>(after ? `${path}&after=${encodeURIComponent(after)}` : path);
    for (const { record, problems } of page.records) {
      const isPoison = record === null || Array.isArray(record) || JSON.stringify(record).includes('-poison-');
      if (isPoison) found.push(problems.map(({ column, rule }) => `${column}: ${rule}`).join('; '));
    }
    if (page.next === null) break;
    after = page.next;
  }
  const expected = messages.flatMap(({ fate }) => ('quarantined' in fate ? [fate.quarantined.join('; ')] : []));
  const [wanted, there] = [expected.sort().join('\n'), found.sort().join('\n')];
  return wanted === there ? [] : [`quarantine of ${day}:\n  expected\n${wanted}\n  found\n${there}`];
}

interface Refusal {
  readonly what: string;
  readonly body: string;
  readonly expected: { readonly status: number; readonly code: string };
}

/** What HTTP ingestion refuses before it reaches the topic, each with its status and code. */
const refusals: readonly Refusal[] = [
  {
    what: 'a record of 10 MB',
    body: JSON.stringify({ valve: 'x', position: 'x'.repeat(10_000_000) }),
    expected: { status: 413, code: 'RECORD_TOO_LARGE' },
  },
  { what: 'broken JSON', body: '[{"valve":', expected: { status: 400, code: 'MALFORMED_BODY' } },
  { what: 'NaN', body: '[{"valve":"x","pressure":NaN}]', expected: { status: 400, code: 'MALFORMED_BODY' } },
];

/** A service that another run on the platform killed is waited for: what is refused changes nothing, sent once or twice. */
async function answerTo(url: string, init: RequestInit): Promise<Response> {
  const deadline = performance.now() + dayLimitMs;
  for (;;) {
    try {
      return await fetch(url, { ...init, signal: AbortSignal.timeout(30_000) });
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

export async function refusalProblems(platform: PlatformUnderTest, dataset: string, day: string): Promise<string[]> {
  const ingestion = (await platform.services()).find(({ service }) => service === 'ingestion');
  const url = `${ingestion?.url}/api/v1/datasets/${dataset}/days/${day}/records`;
  const problems: string[] = [];
  for (const { what, body, expected } of refusals) {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body };
    const answer = await answerTo(url, init);
    const { error } = (await answer.json()) as { error?: { code?: string } };
    const found = { status: answer.status, code: error?.code };
    if (JSON.stringify(found) !== JSON.stringify(expected)) {
      problems.push(`${what} over HTTP: expected ${JSON.stringify(expected)}, got ${JSON.stringify(found)}`);
    }
  }
  return problems;
}
