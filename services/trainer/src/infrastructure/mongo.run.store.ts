import type { Transaction } from '@perennial/messaging';
import { saveByRevision, sessionOf } from '@perennial/messaging-mongo';
import type { Connection, Model } from 'mongoose';
import type { RunFilter, RunQueue, RunStore, StoredRun } from '../application/ports';
import type { RunEvent } from '../domain/run.events';
import type { TrainingRun } from '../domain/training.run';
import {
  type RunDocument,
  type RunEventDocument,
  runEventSchema,
  runSchema,
  toDocument,
  toEventDocuments,
  toStored,
} from './run.document';

const RUNS = 'training_runs';
const EVENTS = 'training_events';
/** Runs that are ordered at once; more wait for a later look. */
const QUEUE_LIMIT = 10_000;

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
    return found && toStored(found);
  }

  async save(stored: StoredRun, events: readonly RunEvent[], transaction: Transaction): Promise<void> {
    const session = sessionOf(transaction);
    await saveByRevision(this.connection, RUNS, toDocument(stored), session);
    const documents = toEventDocuments(stored.run, events);
    await this.connection.collection<RunEventDocument>(EVENTS).insertMany(documents, { session });
  }

  /** Running ones too: a trainer that was lost cannot say so, only its lease can. */
  async queue(now: Date): Promise<RunQueue> {
    const due = { $or: [{ notBefore: null }, { notBefore: { $lte: now } }] };
    const found = await this.runs
      .find(
        { $or: [{ state: 'queued', ...due }, { state: 'running' }] },
        { pipeline: 1, state: 1, readyAt: 1, queuedAt: 1 },
      )
      .sort({ queuedAt: 1 })
      .limit(QUEUE_LIMIT)
      .lean<Pick<RunDocument, '_id' | 'pipeline' | 'state' | 'readyAt' | 'queuedAt'>[]>();
    const runs = found.map(({ _id, pipeline, state, readyAt, queuedAt }) => {
      return { runId: _id, pipeline, state, readyAt: (readyAt ?? queuedAt).toISOString() };
    });
    const [first] = runs.map(({ readyAt }) => readyAt).sort();
    if (first === undefined) return { runs, claims: [] };
    const claimed = await this.runs
      .find({ claimedAt: { $gte: new Date(first) } } as object, { pipeline: 1, claimedAt: 1 })
      .lean<Pick<RunDocument, 'pipeline' | 'claimedAt'>[]>();
    return {
      runs,
      claims: claimed.map(({ pipeline, claimedAt }) => ({ pipeline, at: String(claimedAt?.toISOString()) })),
    };
  }

  async open(cycleId: string, transaction: Transaction): Promise<StoredRun[]> {
    const session = sessionOf(transaction);
    const filter = { cycleId, state: { $in: ['queued', 'running'] } };
    const found = await this.runs.find(filter as object, null, { session }).lean<RunDocument[]>();
    return found.map(toStored);
  }

  async list({ pipeline, state, limit }: RunFilter): Promise<TrainingRun[]> {
    const filter = { ...(pipeline && { pipeline }), ...(state && { state }) };
    const found = await this.runs.find(filter).sort({ queuedAt: -1 }).limit(limit).lean<RunDocument[]>();
    return found.map((document) => toStored(document).run);
  }

  async leftovers(limit: number): Promise<StoredRun[]> {
    const found = await this.runs.find({ leftovers: true }).limit(limit).lean<RunDocument[]>();
    return found.map(toStored);
  }

  async events(runId: string): Promise<RunEvent[]> {
    const found = await this.happened.find({ runId }).sort({ sequence: 1 }).lean<RunEventDocument[]>();
    return found.map(({ type, at, data }) => ({ type, at: at.toISOString(), data }) as RunEvent);
  }
}
