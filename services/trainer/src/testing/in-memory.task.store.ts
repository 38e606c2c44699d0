import { ConflictError, type Transaction } from '@perennial/messaging';
import { transactionOf } from '@perennial/messaging/testing';
import type { QueuedRun, StoredTask, TaskStore } from '../application/ports';
import type { PastClaim } from '../domain/claim.order';
import { evolveTask, type TrialTask } from '../domain/trial.task';

export class InMemoryTaskStore implements TaskStore {
  readonly tasks = new Map<string, StoredTask>();

  async load(taskId: string): Promise<StoredTask | null> {
    return this.tasks.get(taskId) ?? null;
  }

  async save(stored: StoredTask, transaction: Transaction): Promise<void> {
    const { taskId } = stored.task;
    if ((this.tasks.get(taskId)?.revision ?? 0) !== stored.revision) throw new ConflictError(`${taskId} was changed`);
    transactionOf(transaction).onCommit(() => this.tasks.set(taskId, { ...stored, revision: stored.revision + 1 }));
  }

  async queue(now: Date): Promise<QueuedRun[]> {
    return this.all()
      .filter(
        ({ state, notBefore }) => state === 'running' || (state === 'queued' && (notBefore ?? '') <= now.toISOString()),
      )
      .map(({ taskId, request: { runId, pipeline }, readyAt, state }) => ({
        ...{ taskId, runId, pipeline, readyAt, state: state as QueuedRun['state'] },
      }));
  }

  async claims(since: string): Promise<PastClaim[]> {
    return this.all().flatMap(({ request, claimedAt }) =>
      claimedAt === null || claimedAt < since ? [] : [{ pipeline: request.pipeline, at: claimedAt }],
    );
  }

  async ofRun(runId: string): Promise<TrialTask[]> {
    return this.all().filter(({ request }) => request.runId === runId);
  }

  async discarded(limit: number): Promise<TrialTask[]> {
    return this.all()
      .filter(({ state }) => state === 'discarded')
      .slice(0, limit);
  }

  async remove(taskId: string): Promise<void> {
    this.tasks.delete(taskId);
  }

  /** As a run does that is over. */
  discardAll(runId: string): void {
    for (const [taskId, stored] of this.tasks) {
      if (stored.task.request.runId !== runId || stored.task.state === 'discarded') continue;
      const task = evolveTask(stored.task, { type: 'task-discarded', at: '' });
      this.tasks.set(taskId, { ...stored, task, revision: stored.revision + 1 });
    }
  }

  private all(): TrialTask[] {
    return [...this.tasks.values()].map(({ task }) => task);
  }
}
