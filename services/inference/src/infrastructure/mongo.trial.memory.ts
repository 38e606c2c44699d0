import type { Logger } from '@perennial/messaging';
import { ensureExpiry } from '@perennial/messaging-mongo';
import type { TrialMemory } from '@perennial/model-runtime';
import { type Connection, type Model, Schema } from 'mongoose';

interface TrialDocument {
  /** The file's digest, and under which limits and on which runtime it was tried. */
  _id: string;
  memoryBytes: number;
  passedAt: Date;
}

const COLLECTION = 'model_trials';
/** Then it is tried once more. */
const RETENTION_SECONDS = 30 * 24 * 60 * 60;

const trialSchema = new Schema<TrialDocument>(
  {
    _id: { type: String, required: true },
    memoryBytes: { type: Number, required: true },
    passedAt: { type: Date, required: true },
  },
  { versionKey: false, autoIndex: false, autoCreate: false },
);

/**
 * Models that passed their trial, for all replicas and over restarts: one that starts among a hundred pipelines would
 * otherwise try a hundred models, one after another, before it serves the last.
 */
export class MongoTrialMemory implements TrialMemory {
  private readonly trials: Model<TrialDocument>;

  constructor(
    private readonly connection: Connection,
    private readonly logger: Pick<Logger, 'warn'>,
    private readonly now: () => Date,
  ) {
    this.trials = connection.model<TrialDocument>('ModelTrial', trialSchema, COLLECTION);
  }

  async prepare(): Promise<void> {
    await this.trials.createCollection();
    await ensureExpiry(this.connection, COLLECTION, { field: 'passedAt', seconds: RETENTION_SECONDS });
  }

  async recall(key: string): Promise<number | undefined> {
    try {
      return (await this.trials.findById(key).lean<TrialDocument>())?.memoryBytes;
    } catch (err) {
      this.logger.warn({ err }, 'Whether a model passed its trial before is not known: it is tried');
      return undefined;
    }
  }

  remember(key: string, memoryBytes: number): void {
    const document = { _id: key, memoryBytes, passedAt: this.now() };
    this.trials
      .replaceOne({ _id: key }, document, { upsert: true })
      .catch((err: unknown) => this.logger.warn({ err }, 'That a model passed its trial was not kept'));
  }
}
