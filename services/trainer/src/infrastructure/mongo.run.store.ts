import type { Transaction } from '@perennial/messaging';
import { saveByRevision, sessionOf } from '@perennial/messaging-mongo';
import type { Connection, Model } from 'mongoose';
import type { QueuedRun, RunFilter, RunStore, StoredRun } from '../application/ports';
import type { PastClaim } from '../domain/claim.order';

import type { RunEvent } from '../domain/run.events';
import { isOver, type TrainingRun } from '../domain/training.run';
import { discardTasks } from './mongo.task.store';
import {
  type RunDocument,
  type RunEventDocument,
  runEventSchema,
  runSchema,
  toDocument,
  toEventDocuments,
  toStored,
} from './run.document';
import { claimedSince, pastClaims, QUEUE_LIMIT, waitsAt } from './work.queries';

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
    return found && toStored(found);
  }

  async save(stored: StoredRun, events: readonly RunEvent[], transaction: Transaction): Promise<void> {
    const session = sessionOf(transaction);
    await saveByRevision(this.connection, RUNS, toDocument(stored), session);
    const documents = toEventDocuments(stored.run, events);
    await this.connection.collection<RunEventDocument>(EVENTS).insertMany(documents, { session });
    if (stored.run.search && isOver(stored.run)) await discardTasks(this.connection, stored.run.runId, session);
  }

  /** One that searches may only have to end. */
  async queue(now: Date): Promise<QueuedRun[]> {
    const late = { state: 'searching', 'run.deadline': { $lte: now.toISOString() } };
    const found = await this.runs
      .find({ $or: [...waitsAt(now), late] }, { pipeline: 1, state: 1, readyAt: 1, queuedAt: 1 })
      .sort({ queuedAt: 1 })
      .limit(QUEUE_LIMIT)
      .lean<(Pick<RunDocument, '_id' | 'pipeline' | 'readyAt' | 'queuedAt'> & Pick<QueuedRun, 'state'>)[]>();
    return found.map(({ _id, pipeline, state, readyAt, queuedAt }) => {
      return { runId: _id, pipeline, state, readyAt: (readyAt ?? queuedAt).toISOString() };
    });
  }

  async claims(since: string): Promise<PastClaim[]> {
    const filter = claimedSince(since);
    return pastClaims(await this.runs.find(filter, { pipeline: 1, claimedAt: 1 }).lean<RunDocument[]>());
  }

  async open(cycleId: string, transaction: Transaction): Promise<StoredRun[]> {
    const session = sessionOf(transaction);
    const filter = { cycleId, state: { $in: ['queued', 'running', 'searching'] } };
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
