import { ConflictError, type Transaction } from '@perennial/messaging';
import { transactionOf } from '@perennial/messaging/testing';
import type {
  BatchStore,
  CycleFilter,
  CycleStore,
  EvaluatorStores,
  LaneStore,
  Performance,
  PerformanceStore,
  RecordedEvent,
  ServingModelStore,
  StoredCycle,
  StoredLane,
  StoredServingModel,
  StoredSubmission,
  SubmissionStore,
} from '../application/cycle.stores';
import type { BatchFacts } from '../domain/batch.window';
import { runningDeadline, type CycleStatus } from '../domain/cycle.state';
import { emptyLane } from '../domain/pipeline.lane';
import type { ServingModel } from '../domain/serving.model';

/** Reads see the transaction's own writes; the commit checks that nobody saved in between. */
class Revisions<T extends { revision: number }> {
  private readonly committed = new Map<string, T>();
  private readonly staged = new WeakMap<Transaction, Map<string, T>>();

  get(id: string, transaction?: Transaction): T | undefined {
    return (transaction && this.staged.get(transaction)?.get(id)) ?? this.committed.get(id);
  }

  all(): T[] {
    return [...this.committed.values()];
  }

  save(id: string, value: T, transaction: Transaction): void {
    if ((this.get(id, transaction)?.revision ?? 0) !== value.revision) throw new ConflictError(`${id} was changed`);
    const next = { ...value, revision: value.revision + 1 };
    const own = this.staged.get(transaction) ?? new Map<string, T>();
    this.staged.set(transaction, own.set(id, next));
    transactionOf(transaction).onCommit(() => this.committed.set(id, next));
  }
}

export class InMemoryCycles implements CycleStore {
  readonly recorded: RecordedEvent[] = [];
  private readonly cycles = new Revisions<StoredCycle>();

  async load(cycleId: string, transaction: Transaction): Promise<StoredCycle | null> {
    return this.cycles.get(cycleId, transaction) ?? null;
  }

  async save(stored: StoredCycle, events: readonly RecordedEvent[], transaction: Transaction): Promise<void> {
    this.cycles.save(stored.cycle.cycleId, stored, transaction);
    transactionOf(transaction).onCommit(() => this.recorded.push(...events));
  }

  async find(cycleId: string): Promise<StoredCycle | null> {
    return this.cycles.get(cycleId) ?? null;
  }

  async list({ pipeline, limit }: CycleFilter): Promise<StoredCycle[]> {
    const found = this.cycles.all().filter(({ cycle }) => pipeline === undefined || cycle.pipeline === pipeline);
    return found.sort((a, b) => (a.cycle.day < b.cycle.day ? 1 : -1)).slice(0, limit);
  }

  async inStatus(statuses: readonly CycleStatus[], limit: number, except: readonly string[] = []) {
    const waits = ({ cycle }: StoredCycle) => statuses.includes(cycle.status) && !except.includes(cycle.cycleId);
    const found = this.cycles.all().filter(waits);
    return found.slice(0, limit);
  }

  async overdue(now: number, limit: number): Promise<string[]> {
    const due = this.cycles.all().filter(({ cycle }) => (runningDeadline(cycle) ?? Infinity) <= now);
    return due.slice(0, limit).map(({ cycle }) => cycle.cycleId);
  }

  async events(cycleId: string): Promise<RecordedEvent[]> {
    return this.recorded.filter((event) => event.cycleId === cycleId);
  }
}

class InMemoryLanes implements LaneStore {
  private readonly lanes = new Revisions<StoredLane>();

  async load(pipeline: string, transaction: Transaction): Promise<StoredLane> {
    return this.lanes.get(pipeline, transaction) ?? { lane: emptyLane(pipeline), revision: 0 };
  }

  async save(stored: StoredLane, transaction: Transaction): Promise<void> {
    this.lanes.save(stored.lane.pipeline, stored, transaction);
  }

  async startable(now: number): Promise<string[]> {
    const waited = this.lanes.all().filter(({ lane }) => lane.awaiting && lane.awaiting.until <= now);
    return waited.map(({ lane }) => lane.pipeline);
  }
}

class InMemoryBatches implements BatchStore {
  private readonly batches = new Map<string, BatchFacts>();

  async record(batch: BatchFacts, transaction: Transaction): Promise<void> {
    transactionOf(transaction).onCommit(() => this.batches.set(`${batch.view}/${batch.batchId}`, batch));
  }

  async ofView(view: string): Promise<BatchFacts[]> {
    return [...this.batches.values()].filter((batch) => batch.view === view);
  }
}

class InMemoryServing implements ServingModelStore {
  private readonly models = new Revisions<{ serving: ServingModel; revision: number }>();

  async load(pipeline: string, transaction?: Transaction): Promise<StoredServingModel> {
    return this.models.get(pipeline, transaction) ?? { serving: null, revision: 0 };
  }

  async save(serving: ServingModel, revision: number, transaction: Transaction): Promise<void> {
    this.models.save(serving.pipeline, { serving, revision }, transaction);
  }
}

export class InMemoryPerformance implements PerformanceStore {
  readonly all: Performance[] = [];

  async add(performance: Performance, transaction: Transaction): Promise<void> {
    transactionOf(transaction).onCommit(() => this.all.push(performance));
  }

  async ofPipeline(pipeline: string, limit: number): Promise<Performance[]> {
    return this.all.filter((each) => each.pipeline === pipeline).slice(0, limit);
  }
}

class InMemorySubmissions implements SubmissionStore {
  private readonly submissions = new Revisions<StoredSubmission>();

  async load(submissionId: string, transaction: Transaction): Promise<StoredSubmission | null> {
    return this.submissions.get(submissionId, transaction) ?? null;
  }

  async find(submissionId: string): Promise<StoredSubmission | null> {
    return this.submissions.get(submissionId) ?? null;
  }

  async save(stored: StoredSubmission, transaction: Transaction): Promise<void> {
    this.submissions.save(stored.submission.submissionId, stored, transaction);
  }

  async judging(limit: number, except: readonly string[]): Promise<StoredSubmission[]> {
    const waits = ({ submission: { status, submissionId } }: StoredSubmission) =>
      status === 'judging' && !except.includes(submissionId);
    return this.submissions.all().filter(waits).slice(0, limit);
  }
}

export interface InMemoryStores extends EvaluatorStores {
  cycles: InMemoryCycles;
  performance: InMemoryPerformance;
}

export const inMemoryStores = (): InMemoryStores => ({
  cycles: new InMemoryCycles(),
  lanes: new InMemoryLanes(),
  batches: new InMemoryBatches(),
  serving: new InMemoryServing(),
  performance: new InMemoryPerformance(),
  submissions: new InMemorySubmissions(),
});
