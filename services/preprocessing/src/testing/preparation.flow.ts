import { numericColumn, stringColumn, tableOf, writeParquet } from '@perennial/columns';
import type { FileReference } from '@perennial/contracts';
import { type HandlerContext, silentLogger, Transactor } from '@perennial/messaging';
import { InMemoryUnitOfWork } from '@perennial/messaging/testing';
import { parsePipeline, type Pipeline } from '@perennial/pipeline';
import { BatchEncoder } from '../application/batch.encoder';
import { computeHere } from '../application/compute.here';
import type { BatchCompute } from '../application/ports';
import { PrepareBatch } from '../application/prepare.batch';
import { QueueBatch } from '../application/queue.batch';
import type { ClosedBatch } from '../domain/batch';
import { InMemoryBatches, InMemoryMetadata } from './in-memory.stores';

export const REFERENCE = '2026-01-02';

const declaration = `
apiVersion: perennial/v1
kind: Pipeline
name: loans
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: amount, type: number }
    - { name: y, type: integer }
reference: { day: '${REFERENCE}' }
`;

function bytesOfDay(rows: number): Uint8Array {
  const each = <T>(cell: (row: number) => T) => Array.from({ length: rows }, (_, row) => cell(row));
  return writeParquet(
    tableOf([
      stringColumn(
        'id',
        each((row) => `r${row}`),
      ),
      numericColumn('amount', 'number', Float64Array.from(each((row) => row))),
      numericColumn('y', 'integer', Float64Array.from(each((row) => row % 2))),
    ]),
  );
}

/** The application on in-memory stores, with the work on rows as it is done for small batches. */
export class PreparationFlow {
  readonly batches = new InMemoryBatches();
  readonly metadata = new InMemoryMetadata();
  readonly unitOfWork = new InMemoryUnitOfWork();
  readonly queue: QueueBatch;
  readonly prepare: PrepareBatch;
  /** In another process; nothing disturbs it. */
  readonly another: PrepareBatch;
  /** Called before each work on rows; what it throws is that work's failure. */
  disturb: () => Promise<void> = async () => undefined;
  rung = 0;
  private readonly files = new Map<string, Uint8Array>();
  private ids = 0;

  constructor() {
    const pipelines = new Map([['loans', parsePipeline(declaration, { env: {} }).ok as Pipeline]]);
    const clock = { now: () => new Date('2026-02-01T00:00:00.000Z') };
    const newId = () => `id-${(this.ids += 1)}`;
    const transactor = new Transactor(this.unitOfWork, { source: '/perennial/preprocessing', clock, newId });
    const files = {
      get: async ({ fileId }: FileReference) => this.files.get(fileId) as Uint8Array,
      put: async (bucket: string) => ({ ...this.fileOf(`${bucket}-${newId()}`, 0), bucket }),
    };
    const here = computeHere(files);
    const compute: BatchCompute = {
      fit: async (raw, pipeline, signal) => {
        await this.disturb();
        return here.fit(raw, pipeline, signal);
      },
      encode: async (raw, task, store, signal) => {
        await this.disturb();
        return here.encode(raw, task, store, signal);
      },
    };
    const { batches, metadata } = this;
    const preparing = (work: BatchCompute) =>
      new PrepareBatch({
        ...{ pipelines, metadata, batches, transactor, clock, logger: silentLogger },
        encoder: new BatchEncoder(files, work),
      });
    this.queue = new QueueBatch(pipelines, batches, transactor, () => (this.rung += 1));
    this.prepare = preparing(compute);
    this.another = preparing(here);
  }

  /** As the messaging pipeline hands it over; a repeated event of the same id has another mark here. */
  async close(day: string, { rows = 9, dataset = 'loans' } = {}): Promise<string> {
    const batch = this.closed(day, rows, dataset);
    const event = { id: `closed-${day}`, correlationid: `c-${day}`, data: batch };
    await this.unitOfWork.execute(null, async (transaction) => {
      await this.queue.run(event as never, { transaction, logger: silentLogger } as HandlerContext);
      return [];
    });
    return batch.batchId;
  }

  run(batchId: string, signal: AbortSignal = new AbortController().signal): Promise<boolean> {
    return this.prepare.run(batchId, signal);
  }

  /** As a worker does: until nothing is queued. */
  async drain(): Promise<void> {
    for (;;) {
      const next = await this.batches.nextOfEach();
      if (next.length === 0) return;
      for (const { batchId } of next) await this.run(batchId);
    }
  }

  state(batchId: string): string | undefined {
    return this.batches.records.get(batchId)?.state;
  }

  /** batch id, correlation and cause of each published event. */
  published(): string[] {
    return this.unitOfWork.outbox.map(({ value, headers }) => {
      const { batchId } = JSON.parse(value) as { batchId: string };
      return `${batchId} ${headers.ce_correlationid} ${headers.ce_causationid}`;
    });
  }

  private closed(day: string, rows: number, dataset: string): ClosedBatch {
    const name = `${day}-${rows}`;
    this.files.set(name, bytesOfDay(rows));
    return {
      batchId: `${dataset}/${day}`,
      ...{ dataset, day, correctionOf: null, raw: this.fileOf(name, rows), closedBy: 'manifest', complete: true },
      rows: { received: rows, accepted: rows, quarantined: 0, duplicates: 0, expected: rows },
      closedAt: '2026-02-01T00:00:00.000Z',
    };
  }

  private fileOf(fileId: string, rows: number): FileReference {
    const digest = `sha256:${Buffer.from(fileId).toString('hex').padEnd(64, '0')}`;
    return {
      store: 'gridfs',
      bucket: 'raw_data',
      fileId,
      digest,
      bytes: 100,
      rows,
      mediaType: 'application/x-parquet',
    };
  }
}
