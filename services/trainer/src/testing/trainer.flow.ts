import { createHash } from 'node:crypto';
import { ParquetSource, writeParquet } from '@perennial/columns';
import { type OutboxEntry, type OutgoingRecord, silentLogger, stampEvents, Transactor } from '@perennial/messaging';
import { InMemoryUnitOfWork } from '@perennial/messaging/testing';
import { type ModelConfig, parameterLayout } from '@perennial/tabular-models';
import { encodeCheckpoint } from '@perennial/training';
import { AdvanceSearch } from '../application/advance.search';
import { ClaimRun } from '../application/claim.run';
import { DeleteCheckpoints } from '../application/delete.checkpoints';
import { DiscardTrials } from '../application/discard.trials';
import { ExecuteRun } from '../application/execute.run';
import { ExecuteTrial } from '../application/execute.trial';
import type {
  Estimators,
  FeatureQuery,
  FileStore,
  RunLease,
  TrialOptions,
  TrialRequest,
  TrialResult,
} from '../application/ports';
import { ProgressFeed } from '../application/progress.feed';
import { QueueRun } from '../application/queue.run';
import { QueueTrial } from '../application/queue.trial';
import { RecentInputs } from '../application/recent.inputs';
import { RunLedger } from '../application/run.ledger';
import { RunWorker } from '../application/run.worker';
import { SettleRun } from '../application/settle.run';
import { TaskLedger } from '../application/task.ledger';
import { TrainOne } from '../application/train.one';
import { WorkLedger } from '../application/work.ledger';
import { WorkRun } from '../application/work.run';
import type { RunRequest } from '../domain/training.run';
import { ProcessEstimators } from '../infrastructure/process.estimators';
import { InMemoryRunStore } from './in-memory.run.store';
import { InMemoryTaskStore } from './in-memory.task.store';
import { exampleFitted, examplePipeline, featureTable, rainRows } from './run.examples';
import { TrialDelivery } from './trial.delivery';

/** What a trial would give, without training: zero parameters, and scores by its hyperparameters. */
export function untrained({ model, training, validation }: TrialRequest, f1 = 0.5): TrialResult {
  const scores = { validationLogLoss: 0.4, validationRocAuc: 0.8, validationF1: f1 };
  const parameters = new Float32Array(parameterLayout(model as ModelConfig).size);
  const optimizer = { slots: new Map(), step: 0 };
  return {
    checkpoint: encodeCheckpoint({ model: model as ModelConfig, training, parameters, optimizer }),
    history: [{ epoch: training.epochs, trainLoss: 0.5, ...scores }],
    round: training.epochs,
    validation: { f1, rocAuc: f1, logLoss: 0.4 },
    validationProbabilities: Float32Array.from(validation.labels, () => 0.5),
    decisionThreshold: 0.45,
    seconds: 2,
    rowsPerSecond: 100,
  };
}

/** The application with fakes for what is outside; `train` may be replaced. */
export class TrainerFlow {
  readonly tasks = new InMemoryTaskStore();
  readonly runs = new InMemoryRunStore(this.tasks);
  readonly unitOfWork = new InMemoryUnitOfWork();
  readonly files = new Map<string, Uint8Array>();
  /** By content; may be changed. */
  readonly store: FileStore = {
    put: async (bucket, content, { mediaType }) => {
      const hash = createHash('sha256').update(content).digest('hex');
      this.files.set(hash, content);
      return { store: 'gridfs', bucket, fileId: hash, digest: `sha256:${hash}`, bytes: content.length, mediaType };
    },
    get: async ({ fileId }) => this.files.get(fileId) ?? Uint8Array.of(1),
    delete: async ({ fileId }) => void this.files.delete(fileId),
  };
  readonly published: OutgoingRecord[] = [];
  readonly queries: FeatureQuery[] = [];
  readonly outcomes: string[] = [];
  /** Seconds that each run waited until it was taken up. */
  readonly waits: number[] = [];
  /** What became of checkpoints. */
  readonly checkpoints: string[] = [];
  readonly held = new Map<string, AbortController>();
  now = new Date('2026-01-04T00:00:00.000Z');
  checkpointSeconds = 60;
  rows = rainRows(100);
  pipeline = examplePipeline();
  train: (request: TrialRequest, options: TrialOptions) => Promise<TrialResult> = async (request) => untrained(request);

  private readonly clock = { now: () => this.now };
  private ids = 0;
  private readonly stamp = { source: '/perennial/trainer', clock: this.clock, newId: () => `id-${++this.ids}` };
  readonly delivery = new TrialDelivery(this.unitOfWork, this.stamp, () => ({
    queue: new QueueTrial(this.runs, this.tasks, () => undefined),
    search: new AdvanceSearch(this.runs, () => undefined),
  }));
  private readonly transactor = new Transactor(this.delivery, this.stamp);
  private readonly ledger = new RunLedger(this.runs, this.transactor);
  private readonly taskLedger = new TaskLedger(this.tasks, this.transactor);
  private readonly limits = { maxClaims: 3, maxRetries: 2, pauseMs: 1_000, maxPauseMs: 60_000 };
  private readonly metrics = {
    ended: (outcome: string) => void this.outcomes.push(outcome),
    trained: () => undefined,
    waiting: () => undefined,
    claimed: (waited: number) => void this.waits.push(waited),
    checkpoint: (outcome: string) => void this.checkpoints.push(outcome),
  };
  private tokens = 0;

  /** As the consumer does: in the unit of work of the event. */
  async request(request: RunRequest): Promise<void> {
    const event = { id: 'event-1', correlationid: request.cycleId, data: request };
    await this.unitOfWork.execute(null, async (transaction) => {
      const context = { transaction, now: () => this.now, logger: silentLogger };
      const queue = new QueueRun(this.runs, this.pipelines(), () => undefined);
      const emitted = await queue.run(event as never, context as never);
      return stampEvents(emitted, { correlationId: event.correlationid, causationId: event.id }, this.stamp);
    });
  }

  /** A trainer that takes up so many runs or trials at a time, now. */
  worker(concurrency = 1): RunWorker {
    const { claim, work } = this.trainer();
    return new RunWorker(claim, work, silentLogger, { concurrency, intervalMs: 5 });
  }

  /** A trainer that takes up one run and ends. */
  job(): TrainOne {
    const { claim, work } = this.trainer();
    return new TrainOne(this.runs, claim, work);
  }

  private trainer(): { claim: ClaimRun; work: WorkRun } {
    const { runs, tasks, ledger, taskLedger, clock, limits, metrics } = this;
    const logger = silentLogger;
    const nameOf = (lease: string) => lease.replace(/^(run|trial)\//, '');
    const leases = {
      acquire: async (name: string) => this.acquire(nameOf(name)),
      held: async (names: readonly string[]) => new Set(names.filter((name) => this.held.has(nameOf(name)))),
    };
    const claim = new ClaimRun({ runs, tasks, leases, ledger, taskLedger, clock, limits, metrics, logger });
    const sources = {
      pipelines: this.pipelines(),
      features: {
        open: async (query: FeatureQuery) => {
          this.queries.push(query);
          return ParquetSource.open(writeParquet(featureTable(this.rows)));
        },
      },
      metadata: { fitted: async () => exampleFitted },
      files: this.store,
      estimators: this.estimators(),
    };
    const publisher = { publish: async (records: readonly OutgoingRecord[]) => void this.published.push(...records) };
    const { files, estimators } = sources;
    const progress = new ProgressFeed(publisher, this.stamp, logger);
    const needs = { files, estimators, progress, metrics, clock, logger };
    const { checkpointSeconds } = this;
    const execute = new ExecuteRun({ ...needs, sources, ledger, checkpointSeconds });
    const inputs = new RecentInputs(sources, 1_000);
    const trial = new ExecuteTrial({ ...needs, inputs, tasks, ledger: taskLedger });
    const settle = new SettleRun(new WorkLedger(ledger, taskLedger), limits, clock, metrics, logger);
    return { claim, work: new WorkRun(execute, trial, settle, logger) };
  }

  deleteCheckpoints(): DeleteCheckpoints {
    return new DeleteCheckpoints(this.runs, this.store, this.ledger, this.clock);
  }

  /** Types and data of what went out in transactions. */
  events(): { type: string; data: Record<string, unknown> }[] {
    return this.unitOfWork.outbox.map(eventOf);
  }

  /** Another trainer may take the lease of a run or trial. */
  lose(id: string): void {
    this.held.get(id)?.abort(new Error('lost'));
    this.held.delete(id);
  }

  /** Deletes what is left of runs that are over. */
  discard(): Promise<void> {
    return new DiscardTrials(this.tasks, this.store, silentLogger, 1_000).discard();
  }

  private estimators(): Estimators {
    const real = new ProcessEstimators({ niceness: 0, threads: 1, library: {} });
    return {
      model: (fitted, declared) => real.model(fitted, declared),
      train: (request, options) => this.train(request, options),
      encode: (result, origin) => real.encode(result, origin),
      decode: (bytes) => real.decode(bytes),
      // The scores that the fake training gives.
      single: (estimator, labels, method) => ({
        ...real.single(estimator, labels, method),
        validation: estimator.validation,
        decisionThreshold: estimator.decisionThreshold,
      }),
      ensemble: (trained, labels, options) => real.ensemble(trained, labels, options),
      serve: (frame, candidate) => real.serve(frame, candidate),
    };
  }

  private pipelines() {
    return new Map(['rain', 'snow'].map((name) => [name, { ...this.pipeline, name }]));
  }

  private acquire(runId: string): RunLease | null {
    if (this.held.has(runId)) return null;
    const loss = new AbortController();
    this.held.set(runId, loss);
    const token = ++this.tokens;
    const release = async (): Promise<void> => {
      if (this.held.get(runId) === loss) this.held.delete(runId);
    };
    return { owner: `owner-${token}`, token, lost: loss.signal, release };
  }
}

function eventOf({ value, headers }: OutboxEntry): { type: string; data: Record<string, unknown> } {
  return { type: headers['ce_type'] ?? '', data: JSON.parse(value) as Record<string, unknown> };
}
