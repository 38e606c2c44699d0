import type { Transaction } from '@perennial/messaging';
import { sessionOf } from '@perennial/messaging-mongo';
import { type Connection, type Model, type mongo, Schema } from 'mongoose';
import type { AskedBatch, BatchRecord, BatchStore } from '../application/ports';
import type { PastBatch } from '../domain/preparation';

/** What is asked for, beside the record itself. */
interface BatchDocument {
  _id: string;
  dataset: string;
  day: string;
  correctionOf: string | null;
  state: BatchRecord['state'];
  verdict: 'passed' | 'failed' | null;
  rows: number;
  /** Null once its turn has come. */
  position: number | null;
  record: BatchRecord;
}

const text = { type: String, required: true };

const batchSchema = new Schema<BatchDocument>(
  {
    _id: text,
    dataset: text,
    day: text,
    correctionOf: { type: String, default: null },
    state: text,
    verdict: { type: String, default: null },
    rows: { type: Number, required: true },
    position: { type: Number, default: null },
    record: { type: Schema.Types.Mixed, required: true } as never,
  },
  { versionKey: false, minimize: false, autoIndex: false, autoCreate: false },
)
  .index({ dataset: 1, state: 1, day: -1 })
  .index({ state: 1, position: 1, day: 1, _id: 1 })
  .index({ dataset: 1, position: -1 });

function toDocument(record: BatchRecord): BatchDocument {
  const { batchId, dataset, day, correctionOf, rows } = record.batch;
  const prepared = record.state === 'prepared' ? record.prepared : null;
  return {
    _id: batchId,
    dataset,
    day,
    correctionOf,
    state: record.state,
    verdict: prepared?.quality.verdict ?? null,
    rows: prepared?.rows ?? rows.accepted,
    position: 'position' in record ? record.position : null,
    record,
  };
}

export class MongoBatchStore implements BatchStore {
  private readonly batches: Model<BatchDocument>;

  constructor(connection: Connection) {
    this.batches = connection.model<BatchDocument>('PreprocessingBatch', batchSchema, 'preprocessing_batches');
  }

  /** Transactions write to collections that exist already. */
  async prepare(): Promise<void> {
    await this.batches.createCollection();
    await this.batches.createIndexes();
  }

  async get(batchId: string, transaction?: Transaction): Promise<BatchRecord | null> {
    const session = transaction ? sessionOf(transaction) : undefined;
    const found = await this.collection().findOne({ _id: batchId }, { session });
    return found?.record ?? null;
  }

  async put(record: BatchRecord, transaction: Transaction): Promise<void> {
    const document = toDocument(record);
    await this.collection().replaceOne({ _id: document._id }, document, {
      upsert: true,
      ignoreUndefined: true,
      session: sessionOf(transaction),
    });
  }

  async nextOfEach(): Promise<{ dataset: string; batchId: string }[]> {
    const found = await this.collection()
      .find({ state: 'queued' }, { projection: { dataset: 1 } })
      .sort({ position: 1, day: 1, _id: 1 })
      .toArray();
    const next = new Map<string, string>();
    for (const { _id, dataset } of found) if (!next.has(dataset)) next.set(dataset, _id);
    return [...next].map(([dataset, batchId]) => ({ dataset, batchId }));
  }

  async lastPosition(dataset: string, transaction: Transaction): Promise<number> {
    const options = { session: sessionOf(transaction), projection: { position: 1 }, sort: { position: -1 as const } };
    const last = await this.collection().findOne({ dataset, position: { $gt: 0 } }, options);
    return last?.position ?? 0;
  }

  async release({ batch: { dataset }, position, causationId }: AskedBatch, transaction: Transaction): Promise<void> {
    const state = { state: 'queued' as const, 'record.state': 'queued' as const };
    const change = { $set: { ...state, position, 'record.position': position, 'record.causationId': causationId } };
    await this.collection().updateMany({ dataset, state: 'waiting' }, change, { session: sessionOf(transaction) });
  }

  async preparedBefore(dataset: string, day: string, limit: number): Promise<PastBatch[]> {
    const filter = {
      dataset,
      state: 'prepared' as const,
      day: { $lt: day },
      correctionOf: null,
    };
    const found = await this.collection()
      .find(filter, { projection: { day: 1, rows: 1 } })
      .sort({ day: -1 })
      .limit(limit)
      .toArray();
    return found.map((batch) => ({ day: batch.day, rows: batch.rows }));
  }

  private collection(): mongo.Collection<BatchDocument> {
    return this.batches.collection as unknown as mongo.Collection<BatchDocument>;
  }
}
