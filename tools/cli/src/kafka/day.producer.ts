import { randomUUID } from 'node:crypto';
import { dayManifestV1, recordKey, recordsPushedV1 } from '@perennial/contracts';
import { emit, type OutgoingEvent, type Publisher, recordBatches, type Stamp, stampEvents } from '@perennial/messaging';
import { type KafkaConfig, KafkaPublisher } from '@perennial/messaging-kafka';
import { interrupted } from '../command.error';
import { quiet } from './broker.access';

export interface Day {
  dataset: string;
  day: string;
  /** The column by which records are spread over keys. */
  recordId: string;
}

export interface PushOptions {
  batchSize: number;
  signal?: AbortSignal;
  onProgress?: (pushed: number) => void;
  /** Called now and then; nothing is pushed until it resolves. */
  pace?: () => Promise<void>;
}

/** Some megabytes: what may be pushed before the platform is asked again whether it keeps up. */
const MESSAGES_PER_PACE = 16;

/** A broker refuses messages beyond 1 MB by default; envelope and headers need some room. */
const MAX_BYTES = 700_000;

const stamp: Stamp = { source: '/perennial/cli', clock: { now: () => new Date() }, newId: randomUUID };

/**
 * Records, those of one id in order, then the manifest, as any outside producer would: CloudEvents, acknowledged by all
 * replicas.
 */
export async function pushDay(
  publisher: Publisher,
  { dataset, day, recordId }: Day,
  records: AsyncIterable<Record<string, unknown>>,
  manifestRows: number,
  { batchSize, signal, onProgress, pace }: PushOptions,
): Promise<{ pushed: number; correlationId: string }> {
  const correlationId = randomUUID();
  const publish = (event: OutgoingEvent) => publisher.publish(stampEvents([event], { correlationId }, stamp));
  let pushed = 0;
  let messages = 0;
  const batches = recordBatches(records, {
    ...{ maxRecords: batchSize, maxBytes: MAX_BYTES },
    keyOf: (record) => recordKey(dataset, record[recordId]),
    bytesOf: (record) => Buffer.byteLength(JSON.stringify(record)) + 1,
  });
  for await (const { key, records: some } of batches) {
    if (signal?.aborted) throw interrupted();
    if (messages++ % MESSAGES_PER_PACE === 0) await pace?.();
    await publish(emit(recordsPushedV1, { dataset, day, records: some }, { key }) as OutgoingEvent);
    pushed += some.length;
    onProgress?.(pushed);
  }
  await publish(emit(dayManifestV1, { dataset, day, rows: manifestRows }) as OutgoingEvent);
  return { pushed, correlationId };
}

/** Lends a publisher and closes it. */
export async function withPublisher<T>(config: KafkaConfig, work: (publisher: Publisher) => Promise<T>): Promise<T> {
  const publisher = new KafkaPublisher(config, quiet);
  try {
    return await work(publisher);
  } finally {
    await publisher.close();
  }
}
