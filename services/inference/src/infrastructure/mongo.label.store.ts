import { batchIdOf, predictionIdAt } from '@perennial/contracts';
import { ensureExpiry } from '@perennial/messaging-mongo';
import { type Connection, type QueryFilter, type Model, Schema } from 'mongoose';
import type { ArmLabels, Label, LabelStore } from '../application/ports';
import { type BatchDocument, PREDICTIONS } from './mongo.prediction.store';

interface LabelDocument {
  /** Prediction id. */
  _id: string;
  label: 0 | 1;
  at: Date;
  /** The batch in which the prediction lies, if it is stored. */
  batch: string;
  /** Whether the prediction has not been seen. */
  waiting: boolean;
  /** What was predicted; absent while it waits. */
  pipeline?: string;
  version?: string;
  arm?: string;
  experimentId?: string;
  prediction?: 0 | 1;
}

const COLLECTION = 'prediction_labels';
const DAY_SECONDS = 24 * 60 * 60;
const DUPLICATE_KEY = 11000;
/** Batches that are read at once. */
const MOST_BATCHES = 50;
const writeConcern = { w: 'majority' as const, j: true };
const text = { type: String, required: true };

const labelSchema = new Schema<LabelDocument>(
  {
    _id: text,
    label: { type: Number, required: true } as never,
    at: { type: Date, required: true },
    batch: text,
    waiting: { type: Boolean, required: true },
    ...{ pipeline: String, version: String, arm: String, experimentId: String, prediction: Number as never },
  },
  { versionKey: false, autoIndex: false, autoCreate: false },
)
  .index({ waiting: 1, batch: 1 })
  .index({ experimentId: 1, arm: 1 });

/**
 * Labels by prediction id, each with what was predicted. Whichever of label and prediction comes second sees the first: a
 * label is written before its prediction is looked for, a batch before the labels that wait for it are.
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
    await this.match({ _id: { $in: labels.map(({ predictionId }) => predictionId) } });
  }

  /** Labels come long after their predictions, as a rule: then nothing waits, and that is all that is asked. */
  join(batchIds: readonly string[]): Promise<void> {
    return this.match({ batch: { $in: [...batchIds] } });
  }

  async of(predictionIds: readonly string[]): Promise<ReadonlyMap<string, 0 | 1>> {
    const known = await this.labels.find({ _id: { $in: [...predictionIds] } }, { label: 1 }).lean<LabelDocument[]>();
    return new Map(known.map(({ _id, label }) => [_id, label]));
  }

  async counted(pipeline: string, experimentId: string, arms: readonly string[]): Promise<ArmLabels[]> {
    const count = (arm: string, prediction: 0 | 1, label: 0 | 1) =>
      this.labels.countDocuments({ pipeline, experimentId, arm, prediction, label });
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

  /** Gives those of the labels that wait their predictions, where these are stored. */
  private async match(labels: QueryFilter<LabelDocument>): Promise<void> {
    const waiting = await this.labels
      .find({ ...labels, waiting: true }, { batch: 1 })
      .lean<Pick<LabelDocument, '_id' | 'batch'>[]>();
    const wanted = new Set(waiting.map(({ _id }) => _id));
    const batches = [...new Set(waiting.map(({ batch }) => batch))];
    for (let start = 0; start < batches.length; start += MOST_BATCHES) {
      await this.take(batches.slice(start, start + MOST_BATCHES), wanted);
    }
  }

  private async take(batchIds: string[], wanted: ReadonlySet<string>): Promise<void> {
    const batches = await this.connection
      .collection<BatchDocument>(PREDICTIONS)
      .find(
        { _id: { $in: batchIds } },
        { projection: { pipeline: 1, arms: 1, 'predictions.arm': 1, 'predictions.prediction': 1 } },
      )
      .toArray();
    const writes = batches.flatMap(({ _id: batchId, pipeline, arms, predictions }) =>
      predictions.prediction.flatMap((prediction, place) => {
        const _id = predictionIdAt(batchId, place);
        if (!wanted.has(_id)) return [];
        const update = { $set: { pipeline, ...arms[predictions.arm[place] as number], prediction, waiting: false } };
        return [{ updateOne: { filter: { _id }, update } }];
      }),
    );
    if (writes.length > 0) await this.labels.bulkWrite(writes, { ordered: false, writeConcern });
  }

  /** An older label than the known one does not fit the filter, and its insertion meets the one that is there. */
  private async keepNewest(labels: readonly Label[]): Promise<void> {
    const writes = labels.map(({ predictionId: _id, label, at: said }) => {
      const at = new Date(said);
      const update = { $set: { label, at }, $setOnInsert: { waiting: true, batch: batchIdOf(_id) } };
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
}
