import { randomUUID } from 'node:crypto';
import { dayManifestV1, recordsPushedV1, topics } from '@perennial/contracts';
import { CompressionTypes, Kafka, logLevel, Partitioners, type Message, type Producer } from 'kafkajs';
import { dataset, pushedMessages } from './wide.day';

interface Work {
  broker: string;
  day: string;
  rows: number;
  perMessage: number;
  seed: number;
}

/** What is sent in one request to a partition's leader. */
const BYTES_PER_SEND = 4_000_000;

const headersOf = (type: string) => ({
  'content-type': 'application/json',
  ce_specversion: '1.0',
  ce_id: randomUUID(),
  ce_source: '/bench/turnstiles',
  ce_type: type,
});

async function send(producer: Producer, messages: Message[]): Promise<void> {
  await producer.send({ topic: topics.records.name, acks: -1, compression: CompressionTypes.None, messages });
}

/** An outside producer: pushes a day as fast as it is acknowledged, then its manifest, and tells how long it took. */
async function main({ broker, day, rows, perMessage, seed }: Work): Promise<void> {
  const kafka = new Kafka({ brokers: [broker], clientId: 'bench-producer', logLevel: logLevel.ERROR });
  const producer = kafka.producer({ idempotent: true, createPartitioner: Partitioners.DefaultPartitioner });
  await producer.connect();
  const startedAt = Date.now();
  let waiting: Message[] = [];
  let bytes = 0;
  let total = 0;
  let sending: Promise<void> = Promise.resolve();
  for (const value of pushedMessages(day, rows, perMessage, seed)) {
    // Without a key messages go round the partitions.
    waiting.push({ key: null, value, headers: headersOf(recordsPushedV1.type) });
    bytes += value.length;
    if (bytes < BYTES_PER_SEND) continue;
    total += bytes;
    await sending;
    sending = send(producer, waiting);
    waiting = [];
    bytes = 0;
  }
  await sending;
  if (waiting.length > 0) await send(producer, waiting);
  total += bytes;
  const value = JSON.stringify({ dataset, day, rows });
  await send(producer, [{ key: dataset, value, headers: headersOf(dayManifestV1.type) }]);
  const endedAt = Date.now();
  await producer.disconnect();
  process.send?.({ startedAt, endedAt, bytes: total });
  process.disconnect?.();
}

process.once('message', (work: Work) => {
  main(work).catch((error: unknown) => {
    console.error(error);
    process.exit(1);
  });
});
