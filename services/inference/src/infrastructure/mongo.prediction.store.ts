import { ensureExpiry } from '@perennial/messaging-mongo';
import { type Connection, type Model, mongo, Schema } from 'mongoose';
import type { PredictionRecord, PredictionStore } from '../application/ports';

type PredictionDocument = Omit<PredictionRecord, 'predictionId' | 'at'> & {
  _id: string;
  at: Date;
  /** Once it is known. */
  label?: 0 | 1;
};

const COLLECTION = 'predictions';
const DAY_SECONDS = 24 * 60 * 60;
const DUPLICATE_KEY = 11000;
const text = { type: String, required: true };
const number = { type: Number, required: true };

const predictionSchema = new Schema<PredictionDocument>(
  {
    _id: text,
    pipeline: text,
    version: text,
    replicaId: text,
    inputDigest: text,
    probability: number,
    prediction: number as never,
    latencyMs: number,
    arm: String,
    experimentId: String,
    label: Number as never,
    at: { type: Date, required: true },
  },
  { versionKey: false, autoIndex: false, autoCreate: false },
)
  .index({ pipeline: 1, at: -1 })
  .index({ experimentId: 1, label: 1 });

export class MongoPredictionStore implements PredictionStore {
  private readonly predictions: Model<PredictionDocument>;

  constructor(
    private readonly connection: Connection,
    private readonly retentionDays: number,
  ) {
    this.predictions = connection.model<PredictionDocument>('Prediction', predictionSchema, COLLECTION);
  }

  async prepare(): Promise<void> {
    await this.predictions.createCollection();
    await this.predictions.createIndexes();
    const seconds = this.retentionDays * DAY_SECONDS;
    await ensureExpiry(this.connection, COLLECTION, { field: 'at', seconds });
  }

  /** Unordered: a prediction that is there already does not keep the others out. */
  async add(predictions: readonly PredictionRecord[]): Promise<void> {
    const documents = predictions.map(({ predictionId, at, ...rest }) => ({
      _id: predictionId,
      ...rest,
      at: new Date(at),
    }));
    try {
      // The driver's own collection: validated already, and many.
      await (this.predictions.collection as unknown as mongo.Collection<PredictionDocument>).insertMany(documents, {
        ordered: false,
      });
    } catch (error) {
      if (!onlyDuplicates(error)) throw error;
    }
  }

  async newest(pipeline: string | undefined, limit: number): Promise<PredictionRecord[]> {
    const found = await this.predictions
      .find(pipeline === undefined ? {} : { pipeline })
      .sort({ at: -1 })
      .limit(limit)
      .lean<PredictionDocument[]>();
    return found.map(({ _id, at, ...rest }) => ({ predictionId: _id, ...rest, at: at.toISOString() }));
  }
}

function onlyDuplicates(error: unknown): boolean {
  if (!(error instanceof mongo.MongoBulkWriteError)) return false;
  const errors = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
  return errors.length > 0 && errors.every(({ code }) => code === DUPLICATE_KEY);
}
