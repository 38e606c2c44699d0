import { ensureExpiry } from '@perennial/messaging-mongo';
import { type Connection, type Model, Schema } from 'mongoose';
import type { ArmLabels, Label, LabelStore } from '../application/ports';

interface LabelDocument {
  /** Prediction id. */
  _id: string;
  label: 0 | 1;
  at: Date;
  /** Whether the prediction has not been seen. */
  waiting: boolean;
}

const COLLECTION = 'prediction_labels';
const PREDICTIONS = 'predictions';
const DAY_SECONDS = 24 * 60 * 60;
const DUPLICATE_KEY = 11000;
const writeConcern = { w: 'majority' as const, j: true };

const labelSchema = new Schema<LabelDocument>(
  {
    _id: { type: String, required: true },
    label: { type: Number, required: true } as never,
    at: { type: Date, required: true },
    waiting: { type: Boolean, required: true },
  },
  { versionKey: false, autoIndex: false, autoCreate: false },
).index({ waiting: 1 });

/**
 * Labels by prediction id, and beside the predictions that they are of. Whichever of the two comes second sees the first:
 * a label is written before its prediction is looked for, a prediction before its label is.
 */
export class MongoLabelStore implements LabelStore {
  private readonly labels: Model<LabelDocument>;

  constructor(
    private readonly connection: Connection,
    private readonly retentionDays: number,
  ) {
    this.labels = connection.model<LabelDocument>('PredictionLabel', labelSchema, COLLECTION);
  }

  async prepare(): Promise<void> {
    await this.labels.createCollection();
    await this.labels.createIndexes();
    await ensureExpiry(this.connection, COLLECTION, { field: 'at', seconds: this.retentionDays * DAY_SECONDS });
  }

  async tell(labels: readonly Label[]): Promise<void> {
    await this.keepNewest(labels);
    await this.match(labels.map(({ predictionId }) => predictionId));
  }

  async join(predictionIds: readonly string[]): Promise<void> {
    // Labels come long after their predictions, as a rule: then nothing waits, and that is all that is asked.
    if (!(await this.labels.exists({ waiting: true }))) return;
    const waiting = await this.labels.find({ _id: { $in: [...predictionIds] }, waiting: true }, { _id: 1 }).lean();
    if (waiting.length > 0) await this.match(waiting.map(({ _id }) => _id));
  }

  private async match(ids: readonly string[]): Promise<void> {
    const found = await this.predictions()
      .find({ _id: { $in: [...ids] } }, { projection: { _id: 1 } })
      .toArray();
    if (found.length === 0) return;
    const present = found.map(({ _id }) => _id);
    const known = await this.labels.find({ _id: { $in: present } }).lean<LabelDocument[]>();
    const writes = known.map(({ _id, label }) => ({ updateOne: { filter: { _id }, update: { $set: { label } } } }));
    await this.predictions().bulkWrite(writes, { ordered: false, writeConcern });
    await this.labels.updateMany({ _id: { $in: present } }, { waiting: false }, { writeConcern });
  }

  async counted(pipeline: string, experimentId: string, arms: readonly string[]): Promise<ArmLabels[]> {
    const count = (arm: string, prediction: 0 | 1, label: 0 | 1) =>
      this.predictions().countDocuments({ pipeline, experimentId, arm, prediction, label });
    return Promise.all(
      arms.map(async (arm) => {
        const [truePositives, falsePositives, trueNegatives, falseNegatives] = await Promise.all([
          count(arm, 1, 1),
          count(arm, 1, 0),
          count(arm, 0, 0),
          count(arm, 0, 1),
        ]);
        return { arm, truePositives, falsePositives, trueNegatives, falseNegatives };
      }),
    );
  }

  /** An older label than the known one does not fit the filter, and its insertion meets the one that is there. */
  private async keepNewest(labels: readonly Label[]): Promise<void> {
    const writes = labels.map(({ predictionId: _id, label, at: said }) => {
      const at = new Date(said);
      const update = { $set: { label, at, waiting: true } };
      return { updateOne: { filter: { _id, at: { $lte: at } }, update, upsert: true } };
    });
    try {
      await this.labels.bulkWrite(writes, { ordered: false, writeConcern });
    } catch (error) {
      const { writeErrors } = error as { writeErrors?: { code?: number } | { code?: number }[] };
      const all = writeErrors === undefined ? [] : [writeErrors].flat();
      if (all.length === 0 || all.some(({ code }) => code !== DUPLICATE_KEY)) throw error;
    }
  }

  private predictions() {
    return this.connection.collection<{ _id: string }>(PREDICTIONS);
  }
}
