import type { Transaction } from '@perennial/messaging';
import { saveByRevision, sessionOf } from '@perennial/messaging-mongo';
import type { ClientSession, Connection, Model } from 'mongoose';
import type { QueuedRun, StoredTask, TaskStore } from '../application/ports';
import type { PastClaim } from '../domain/claim.order';
import type { TrialTask } from '../domain/trial.task';
import { type TaskDocument, taskSchema, toStoredTask, toTaskDocument } from './task.document';
import { claimedSince, pastClaims, QUEUE_LIMIT, waitsAt } from './work.queries';

const TASKS = 'training_trials';

export class MongoTaskStore implements TaskStore {
  private readonly tasks: Model<TaskDocument>;

  constructor(private readonly connection: Connection) {
    this.tasks = connection.model<TaskDocument>('TrainingTrial', taskSchema, TASKS);
  }

  /** Transactions write to collections that exist already. */
  async prepare(): Promise<void> {
    await this.tasks.createCollection();
    await this.tasks.createIndexes();
  }

  async load(taskId: string, transaction?: Transaction): Promise<StoredTask | null> {
    const session = transaction ? sessionOf(transaction) : null;
    const found = await this.tasks.findById(taskId).session(session).lean<TaskDocument>();
    return found && toStoredTask(found);
  }

  async save(stored: StoredTask, transaction: Transaction): Promise<void> {
    await saveByRevision(this.connection, TASKS, toTaskDocument(stored), sessionOf(transaction));
  }

  async queue(now: Date): Promise<QueuedRun[]> {
    const found = await this.tasks
      .find({ $or: waitsAt(now) }, { runId: 1, pipeline: 1, state: 1, readyAt: 1 })
      .sort({ queuedAt: 1 })
      .limit(QUEUE_LIMIT)
      .lean<(Pick<TaskDocument, '_id' | 'runId' | 'pipeline' | 'readyAt'> & Pick<QueuedRun, 'state'>)[]>();
    return found.map(({ _id, readyAt, ...rest }) => ({ ...rest, taskId: _id, readyAt: readyAt.toISOString() }));
  }

  async claims(since: string): Promise<PastClaim[]> {
    const filter = claimedSince(since);
    return pastClaims(await this.tasks.find(filter, { pipeline: 1, claimedAt: 1 }).lean<TaskDocument[]>());
  }

  async ofRun(runId: string): Promise<TrialTask[]> {
    return tasksOf(await this.tasks.find({ runId }).lean<TaskDocument[]>());
  }

  async discarded(limit: number): Promise<TrialTask[]> {
    const filter = { state: 'discarded' } as object;
    return tasksOf(await this.tasks.find(filter).limit(limit).lean<TaskDocument[]>());
  }

  async remove(taskId: string): Promise<void> {
    await this.tasks.deleteOne({ _id: taskId, state: 'discarded' } as object);
  }
}

const tasksOf = (documents: readonly TaskDocument[]): TrialTask[] => documents.map(({ task }) => task);

/** Of a run that is over: nobody takes them up any more, and what they left may be deleted. */
export async function discardTasks(connection: Connection, runId: string, session: ClientSession): Promise<void> {
  const change = { $set: { state: 'discarded', 'task.state': 'discarded', 'task.claim': null }, $inc: { revision: 1 } };
  const filter = { runId, state: { $ne: 'discarded' } };
  await connection.collection<TaskDocument>(TASKS).updateMany(filter as object, change as object, { session });
}
