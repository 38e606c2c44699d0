import { ConflictError, type Transaction } from '@perennial/messaging';
import { transactionOf } from '@perennial/messaging/testing';
import type { QueuedRun, RunFilter, RunStore, StoredRun } from '../application/ports';
import type { PastClaim } from '../domain/claim.order';
import type { RunEvent } from '../domain/run.events';
import { isOver, type TrainingRun } from '../domain/training.run';
import type { InMemoryTaskStore } from './in-memory.task.store';

export class InMemoryRunStore implements RunStore {
  readonly runs = new Map<string, StoredRun>();
  readonly happened = new Map<string, RunEvent[]>();

  constructor(private readonly tasks: InMemoryTaskStore) {}

  async load(runId: string): Promise<StoredRun | null> {
    return this.runs.get(runId) ?? null;
  }

  async save(stored: StoredRun, events: readonly RunEvent[], transaction: Transaction): Promise<void> {
    const { runId } = stored.run;
    if ((this.runs.get(runId)?.revision ?? 0) !== stored.revision) throw new ConflictError(`${runId} was changed`);
    transactionOf(transaction).onCommit(() => {
      this.runs.set(runId, { ...stored, revision: stored.revision + 1 });
      this.happened.set(runId, [...(this.happened.get(runId) ?? []), ...events]);
      if (stored.run.search && isOver(stored.run)) this.tasks.discardAll(runId);
    });
  }

  async queue(now: Date): Promise<QueuedRun[]> {
    const at = now.toISOString();
    const waits = ({ state, notBefore, deadline }: TrainingRun) =>
      state === 'running' ||
      (state === 'queued' && (notBefore ?? '') <= at) ||
      (state === 'searching' && deadline !== null && deadline <= at);
    return this.all()
      .filter(waits)
      .map(({ runId, request, readyAt, state }) => ({
        ...{ runId, pipeline: request.pipeline, readyAt, state: state as QueuedRun['state'] },
      }));
  }

  async claims(since: string): Promise<PastClaim[]> {
    return this.all().flatMap(({ request, claimedAt }) =>
      claimedAt === null || claimedAt < since ? [] : [{ pipeline: request.pipeline, at: claimedAt }],
    );
  }

  async open(cycleId: string): Promise<StoredRun[]> {
    const isOpen = ({ run }: StoredRun) =>
      run.request.cycleId === cycleId && /queued|running|searching/.test(run.state);
    return [...this.runs.values()].filter(isOpen);
  }

  async list({ pipeline, state, limit }: RunFilter): Promise<TrainingRun[]> {
    const fits = (run: TrainingRun) =>
      (!pipeline || run.request.pipeline === pipeline) && (!state || run.state === state);
    return this.all().filter(fits).slice(0, limit);
  }

  async leftovers(limit: number): Promise<StoredRun[]> {
    const left = ({ run }: StoredRun) => isOver(run) && run.kept.obsolete.length > 0;
    return [...this.runs.values()].filter(left).slice(0, limit);
  }

  async events(runId: string): Promise<RunEvent[]> {
    return this.happened.get(runId) ?? [];
  }

  private all(): TrainingRun[] {
    return [...this.runs.values()].map(({ run }) => run);
  }
}
