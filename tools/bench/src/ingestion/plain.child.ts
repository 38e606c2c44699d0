import { topics } from '@perennial/contracts';
import { type ColumnSchema, TableBuilder, writeParquet, type Cell } from '@perennial/columns';
import { Kafka, logLevel } from 'kafkajs';

interface Work {
  broker: string;
  day: string;
  rows: number;
  columns: ColumnSchema[];
}

export interface PlainResult {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly rssMaxMiB: number;
  readonly parquetBytes: number;
}

const MILLISECONDS_PER_DAY = 86_400_000;

/** What reading a day costs without any guarantee: no validation, no database, no duplicates found, all in memory. */
async function main({ broker, day, rows, columns }: Work): Promise<PlainResult> {
  const kafka = new Kafka({ brokers: [broker], clientId: 'bench-plain', logLevel: logLevel.ERROR });
  const consumer = kafka.consumer({ groupId: `plain-${process.pid}-${Date.now()}`, maxBytesPerPartition: 2 ** 21 });
  await consumer.connect();
  await consumer.subscribe({ topic: topics.records.name, fromBeginning: true });
  const builder = new TableBuilder(columns);
  let startedAt: { wall: number; cpu: NodeJS.CpuUsage } | undefined;
  const cellOf = (record: Record<string, unknown>, { name, type }: ColumnSchema): Cell => {
    const value = (record[name] ?? null) as Cell;
    return type === 'date' && typeof value === 'string' ? Date.parse(value) / MILLISECONDS_PER_DAY : value;
  };
  await new Promise<void>((resolve, reject) => {
    const eachMessage = async ({ message }: { message: { value: Buffer | null } }) => {
      startedAt ??= { wall: performance.now(), cpu: process.cpuUsage() };
      const data = JSON.parse(message.value?.toString('utf8') ?? 'null') as {
        day: string;
        records?: Record<string, unknown>[];
      };
      if (data.day !== day || !data.records) return;
      for (const record of data.records) builder.append(columns.map((column) => cellOf(record, column)));
      if (builder.rows >= rows) resolve();
    };
    consumer.run({ autoCommit: false, eachMessage }).catch(reject);
  });
  const bytes = writeParquet(builder.build());
  const cpu = process.cpuUsage(startedAt?.cpu);
  const seconds = (performance.now() - (startedAt?.wall ?? 0)) / 1_000;
  await consumer.disconnect();
  const rssMaxMiB = Math.round(process.resourceUsage().maxRSS / 1_024);
  return { seconds, cpuSeconds: (cpu.user + cpu.system) / 1e6, rssMaxMiB, parquetBytes: bytes.length };
}

process.once('message', (work: Work) => {
  main(work).then(
    (result) => {
      process.send?.(result);
      process.disconnect?.();
    },
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
