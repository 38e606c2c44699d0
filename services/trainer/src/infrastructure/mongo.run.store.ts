import type { Transaction } from '@perennial/messaging';
import { saveByRevision, sessionOf } from '@perennial/messaging-mongo';
import type { Connection, Model } from 'mongoose';
import type { RunFilter, RunStore, StoredRun } from '../application/ports';
import type { RunEvent } from '../domain/run.events';
import type { TrainingRun } from '../domain/training.run';
import {
  type RunDocument,
  type RunEventDocument,
  runEventSchema,
  runSchema,
  toDocument,
  toEventDocuments,
} from './run.document';

const RUNS = 'training_runs';
const EVENTS = 'training_events';

export class MongoRunStore implements RunStore {
  private readonly runs: Model<RunDocument>;
  private readonly happened: Model<RunEventDocument>;

  constructor(private readonly connection: Connection) {
    this.runs = connection.model<RunDocument>('TrainingRun', runSchema, RUNS);
    this.happened = connection.model<RunEventDocument>('TrainingEvent', runEventSchema, EVENTS);
  }

  /** Transactions write to collections that exist already. */
  async prepare(): Promise<void> {
    await this.runs.createCollection();
    await this.runs.createIndexes();
    await this.happened.createCollection();
    await this.happened.createIndexes();
  }

  async load(runId: string, transaction?: Transaction): Promise<StoredRun | null> {
    const session = transaction ? sessionOf(transaction) : null;
    const found = await this.runs.findById(runId).session(session).lean<RunDocument>();
    return found && { run: found.run, origin: found.origin, revision: found.revision };
  }

  async save(stored: StoredRun, events: readonly RunEvent[], transaction: Transaction): Promise<void> {
    const session = sessionOf(transaction);
    await saveByRevision(this.connection, RUNS, toDocument(stored), session);
    const documents = toEventDocuments(stored.run, events);
    await this.connection.collection<RunEventDocument>(EVENTS).insertMany(documents, { session });
  }

  /** Running ones too: a trainer that was lost cannot say so, only its lease can. */
  async claimable(now: Date, limit: number): Promise<string[]> {
    const due = { $or: [{ notBefore: null }, { notBefore: { $lte: now } }] };
    const found = await this.runs
      .find({ $or: [{ state: 'queued', ...due }, { state: 'running' }] }, { _id: 1 })
      .sort({ queuedAt: 1 })
      .limit(limit)
      .lean<{ _id: string }[]>();
    return found.map(({ _id }) => _id);
  }

  async list({ pipeline, state, limit }: RunFilter): Promise<TrainingRun[]> {
    const filter = { ...(pipeline && { pipeline }), ...(state && { state }) };
    const found = await this.runs.find(filter).sort({ queuedAt: -1 }).limit(limit).lean<RunDocument[]>();
    return found.map(({ run }) => run);
  }

  async events(runId: string): Promise<RunEvent[]> {
    const found = await this.happened.find({ runId }).sort({ sequence: 1 }).lean<RunEventDocument[]>();
    return found.map(({ type, at, data }) => ({ type, at: at.toISOString(), data }) as RunEvent);
  }
}
