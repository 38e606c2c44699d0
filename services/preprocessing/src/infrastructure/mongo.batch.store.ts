import type { Transaction } from '@perennial/messaging';
import { sessionOf } from '@perennial/messaging-mongo';
import { type Connection, type Model, type mongo, Schema } from 'mongoose';
import type { BatchRecord, BatchStore } from '../application/ports';
import type { PastBatch } from '../domain/preparation';

type Waiting = Extract<BatchRecord, { state: 'waiting' }>;

/** What is asked for, beside the record itself. */
interface BatchDocument {
  _id: string;
  dataset: string;
  day: string;
  correctionOf: string | null;
  state: BatchRecord['state'];
  verdict: 'passed' | 'failed' | null;
  rows: number;
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
    record: { type: Schema.Types.Mixed, required: true } as never,
  },
  { versionKey: false, minimize: false, autoIndex: false, autoCreate: false },
).index({ dataset: 1, state: 1, day: -1 });

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

  async waiting(dataset: string, transaction: Transaction): Promise<Waiting[]> {
    const found = await this.collection()
      .find({ dataset, state: 'waiting' }, { session: sessionOf(transaction) })
      .sort({ day: 1, _id: 1 })
      .toArray();
    return found.map(({ record }) => record as Waiting);
  }

  async preparedBefore(dataset: string, day: string, limit: number, transaction: Transaction): Promise<PastBatch[]> {
    const filter = {
      dataset,
      state: 'prepared' as const,
      day: { $lt: day },
      correctionOf: null,
    };
    const found = await this.collection()
      .find(filter, { session: sessionOf(transaction), projection: { day: 1, rows: 1 } })
      .sort({ day: -1 })
      .limit(limit)
      .toArray();
    return found.map((batch) => ({ day: batch.day, rows: batch.rows }));
  }

  private collection(): mongo.Collection<BatchDocument> {
    return this.batches.collection as unknown as mongo.Collection<BatchDocument>;
  }
}
