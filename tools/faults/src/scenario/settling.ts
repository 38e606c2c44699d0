import { platformLag } from '@perennial/cli';
import { batchClosedV1, topics } from '@perennial/contracts';
import { silentLogger } from '@perennial/messaging';
import { consumerLag, type KafkaConfig, type PartitionLag } from '@perennial/messaging-kafka';
import { eventsOf, type HistoryEvent } from '../evidence/history.event';
import type { Stage } from './stage';

const limitMs = 180_000;
const pauseMs = 500;

interface Batch {
  readonly batchId: string;
  readonly state: 'collecting' | 'closing' | 'closed' | 'discarded';
}

interface Days {
  readonly days: readonly { readonly batches: readonly Batch[] }[];
}

const keyOf = ({ group, topic, partition }: PartitionLag): string => `${group} ${topic}/${partition}`;

/** Of every group of the platform. Heartbeats never end, so their topic is left out. */
async function progressOf(kafka: KafkaConfig): Promise<PartitionLag[]> {
  const read = new Map<string, string[]>();
  for (const { group, topic } of await platformLag(kafka, '')) {
    if (topic !== topics.replicas.name) read.set(group, [...(read.get(group) ?? []), topic]);
  }
  const groups = [...read].map(([group, names]) => ({ group, topics: names }));
  return consumerLag(kafka, groups, silentLogger);
}

/** Groups that have not come as far as the topics' ends were. Who never committed has read nothing. */
export function behind(progress: readonly PartitionLag[], ends: ReadonlyMap<string, bigint>): string[] {
  return progress
    .filter((each) => each.lag > 0 && BigInt(each.committed ?? '0') < (ends.get(keyOf(each)) ?? 0n))
    .map((each) => `${keyOf(each)} is at ${each.committed ?? 'the beginning'}`);
}

export const endsOf = (progress: readonly PartitionLag[]): Map<string, bigint> =>
  new Map(progress.map((each) => [keyOf(each), BigInt(each.end)]));

/** Batches that are open, and closed ones of which no event tells yet: it may still be in the outbox. */
export function untold(batches: readonly Batch[], events: readonly HistoryEvent[]): string[] {
  const told = new Set(eventsOf(events, batchClosedV1).map(({ data }) => data.batchId));
  return batches
    .filter(({ batchId, state }) => state !== 'discarded' && !told.has(batchId))
    .map(({ batchId, state }) => `${batchId} is ${state}`);
}

async function untoldBatches({ platform, history }: Stage, dataset: string): Promise<string[]> {
  const { days } = await platform.get<Days>(`/api/v1/datasets/${dataset}/days`);
  return untold(
    days.flatMap(({ batches }) => batches),
    history.eventsOf(dataset),
  );
}

/** Repeats until nothing is pending. What cannot be read is pending. @throws Error with what still was */
export async function until(pending: () => Promise<string[]>): Promise<void> {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const found = await pending().catch((error: Error) => [error.message]);
    if (found.length === 0) return;
    if (performance.now() > deadline) throw new Error(`not settled after ${limitMs} ms: ${found.join('; ')}`);
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/**
 * Waits until every batch of the dataset is closed, which the history knows, or discarded, and every message that was
 * there then is dealt with. Others may go on meanwhile: later messages are not waited for.
 */
export async function settle(stage: Stage, dataset: string): Promise<void> {
  await until(() => untoldBatches(stage, dataset));
  let ends: Map<string, bigint> | undefined;
  await until(async () => {
    const progress = await progressOf(stage.kafka);
    ends ??= endsOf(progress);
    return behind(progress, ends);
  });
}
