import { SerialQueue } from '@perennial/compute-thread';
import { readParquet, type Table } from '@perennial/columns';
import { batchClosedV1, type DataOf, dayManifestV1, recordsPushedV1 } from '@perennial/contracts';
import {
  type BrokerRecord,
  emit,
  noMetrics,
  type OutgoingEvent,
  type PartitionSlice,
  Refusals,
  silentLogger,
  stampEvents,
  Transactor,
} from '@perennial/messaging';
import { InMemoryDeadLetters, InMemoryUnitOfWork } from '@perennial/messaging/testing';
import { parsePipeline } from '@perennial/pipeline';
import { BatchAssembly } from '../application/batch.assembly';
import { CloseDay } from '../application/close.day';
import { DatasetCatalogue } from '../application/dataset.catalogue';
import { TakeSlice } from '../application/take.slice';
import { InMemoryDayStore, InMemoryFileStore, InMemoryQuarantineStore, InMemoryRowStore } from './in-memory.stores';

export type Closed = DataOf<typeof batchClosedV1>;

const pipelineText = `
apiVersion: perennial/v1
kind: Pipeline
name: tiny
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns: [{ name: id, type: string }, { name: amount, type: number }, { name: y, type: integer }]
  closing: { manifest: true, graceSeconds: 60 }
reference: { day: '2026-01-01' }
`;

export const DATASET = 'tiny';
export const DAY = '2026-01-05';

/** The service's parts on in-memory ports, with a clock that stands still until it is moved. */
export function ingestionUnderTest() {
  let now = new Date('2026-01-05T12:00:00Z');
  let id = 0;
  const clock = { now: () => now };
  const stamp = { source: '/test', clock, newId: () => `e${++id}` };
  const unitOfWork = new InMemoryUnitOfWork();
  const transactor = new Transactor(unitOfWork, stamp);
  const pipeline = parsePipeline(pipelineText, {}).ok;
  const catalogue = new DatasetCatalogue(pipeline ? [pipeline] : []);
  const days = new InMemoryDayStore();
  const rows = new InMemoryRowStore();
  const quarantine = new InMemoryQuarantineStore();
  const files = new InMemoryFileStore();
  const deadLetters = new InMemoryDeadLetters();
  const assembly = new BatchAssembly(catalogue, rows, quarantine, files);
  const metrics = { taken: () => undefined, refused: () => undefined, closed: () => undefined };
  const common = { catalogue, days, transactor, metrics, clock };
  /** As of a replica of its own: nothing shared but the stores. */
  const closer = () => new CloseDay({ ...common, assembly, queue: new SerialQueue() });
  const queue = new SerialQueue();
  const refusals = new Refusals({ deadLetters, group: 'g', clock, metrics: noMetrics, logger: silentLogger });
  const take = new TakeSlice({ ...common, rows, quarantine, refusals, queue, onDue: () => undefined });

  const broker = (event: OutgoingEvent, offset: number): BrokerRecord => {
    const [entry] = stampEvents([event], {}, stamp);
    if (!entry) throw new Error('no event');
    const headers = Object.fromEntries(Object.entries(entry.headers).map(([name, text]) => [name, Buffer.from(text)]));
    const { topic, value } = entry;
    return { topic, partition: 0, offset: String(offset), key: null, value: Buffer.from(value), headers, timestamp: 0 };
  };

  return {
    ...{ days, files, quarantine, deadLetters, unitOfWork, take, closer },
    pass: (seconds: number) => (now = new Date(now.getTime() + seconds * 1000)),
    push: (offset: number, ...ids: (string | null)[]) =>
      broker(
        emit(recordsPushedV1, { dataset: DATASET, day: DAY, records: ids.map((key, i) => ({ id: key, amount: i })) }),
        offset,
      ),
    manifest: (offset: number, announced: number) =>
      broker(emit(dayManifestV1, { dataset: DATASET, day: DAY, rows: announced }), offset),
    slice: (records: BrokerRecord[], partition = 0): PartitionSlice => ({
      topic: 'records',
      partition,
      records: records.map((record) => ({ ...record, partition })),
    }),
    close: (replica = closer()) => replica.run(DATASET, DAY, new AbortController().signal),
    closed: (): Closed[] => unitOfWork.outbox.map(({ value }) => JSON.parse(value) as Closed),
    rawOf: async ({ raw }: Closed): Promise<Table> => readParquet(await files.get(raw)),
  };
}
