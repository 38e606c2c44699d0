import { type PredictionBatch, predictionsOf } from '@perennial/contracts';
import { ensureExpiry } from '@perennial/messaging-mongo';
import { type Connection, type Model, mongo, Schema } from 'mongoose';
import type { PredictionRecord, PredictionStore } from '../application/ports';

/** Predictions lie by columns in the batches in which they came: a document for each costs the database as much as the model. */
export interface BatchDocument extends Omit<PredictionBatch, 'batchId'> {
  _id: string;
  /** Of its newest prediction. */
  at: Date;
}

export const PREDICTIONS = 'predictions';
const DAY_SECONDS = 24 * 60 * 60;
const DUPLICATE_KEY = 11000;
const text = { type: String, required: true };

const batchSchema = new Schema<BatchDocument>(
  {
    _id: text,
    pipeline: text,
    replicaId: text,
    at: { type: Date, required: true },
    arms: [Schema.Types.Mixed],
    predictions: Schema.Types.Mixed,
  },
  { versionKey: false, autoIndex: false, autoCreate: false },
).index({ pipeline: 1, at: -1 });

export class MongoPredictionStore implements PredictionStore {
  private readonly batches: Model<BatchDocument>;

  constructor(
    private readonly connection: Connection,
    private readonly retentionDays: number,
  ) {
    this.batches = connection.model<BatchDocument>('Prediction', batchSchema, PREDICTIONS);
  }

  async prepare(): Promise<void> {
    await this.batches.createCollection();
    await this.batches.createIndexes();
    const seconds = this.retentionDays * DAY_SECONDS;
    await ensureExpiry(this.connection, PREDICTIONS, { field: 'at', seconds });
  }

  /** Unordered: a batch that is there already does not keep the others out. */
  async add(batches: readonly PredictionBatch[]): Promise<void> {
    const documents = batches.map(({ batchId, ...rest }) => ({
      _id: batchId,
      ...rest,
      at: newestOf(rest),
    }));
    try {
      // The driver's own collection: validated already, and many.
      await (this.batches.collection as unknown as mongo.Collection<BatchDocument>).insertMany(documents, {
        ordered: false,
      });
    } catch (error) {
      if (!onlyDuplicates(error)) throw error;
    }
  }

  async newest(pipeline: string | undefined, limit: number): Promise<PredictionRecord[]> {
    const batches = this.batches.find(pipeline === undefined ? {} : { pipeline }).sort({ at: -1 });
    let found: PredictionRecord[] = [];
    for await (const batch of batches.lean<BatchDocument>().cursor({ batchSize: 10 })) {
      const last = found[limit - 1];
      // Batches of several replicas overlap in time.
      if (last !== undefined && batch.at.toISOString() < last.at) break;
      const { _id: batchId, pipeline: own, replicaId } = batch;
      found.push(...predictionsOf({ ...batch, batchId }).map((made) => ({ ...made, pipeline: own, replicaId })));
      found = found.sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0)).slice(0, limit);
    }
    return found;
  }
}

const newestOf = ({ predictions }: Pick<PredictionBatch, 'predictions'>): Date => new Date(Math.max(...predictions.at));

function onlyDuplicates(error: unknown): boolean {
  if (!(error instanceof mongo.MongoBulkWriteError)) return false;
  const errors = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
  return errors.length > 0 && errors.every(({ code }) => code === DUPLICATE_KEY);
}
