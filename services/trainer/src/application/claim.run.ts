import type { Clock, Logger } from '@perennial/messaging';
import { claimOrder } from '../domain/claim.order';
import type { QueuedWork, WorkLimits } from '../domain/queued.work';
import { awaits } from '../domain/run.search';
import type { Claim, TrainingRun } from '../domain/training.run';
import type { TrialTask } from '../domain/trial.task';
import type { QueuedRun, RunLease, RunLeases, RunOrigin, RunStore, TaskStore, TrainingMetrics } from './ports';
import type { RunLedger } from './run.ledger';
import type { TaskLedger } from './task.ledger';

export interface ClaimedRun {
  run: TrainingRun;
  /** The trial of the run's search that was taken up; null: the run itself. */
  task: TrialTask | null;
  origin: RunOrigin;
  /** On the trial, where there is one. */
  claim: Claim;
  lease: RunLease;
  /** Aborted at the deadline. */
  expired: AbortSignal;
}

export interface ClaimRunDependencies {
  runs: RunStore;
  tasks: TaskStore;
  leases: RunLeases;
  ledger: RunLedger;
  taskLedger: TaskLedger;
  clock: Clock;
  limits: WorkLimits;
  metrics: TrainingMetrics;
  logger: Logger;
}

const leaseOf = ({ runId, taskId }: QueuedRun): string => (taskId ? `trial/${taskId}` : `run/${runId}`);

/** Takes up the run or trial whose turn it is, or one whose trainer was lost; see `claimOrder`. */
export class ClaimRun {
  constructor(private readonly needs: ClaimRunDependencies) {}

  /** Only measures what waits. */
  async look(): Promise<void> {
    await this.waiting(this.needs.clock.now());
  }

  /** A certain run, whoever's turn it is; held: by another trainer. Null where it is over, pauses or is not known. */
  async one(runId: string): Promise<ClaimedRun | 'held' | null> {
    const lease = await this.needs.leases.acquire(`run/${runId}`);
    return lease ? this.guarded(lease, () => this.takeRun(runId, lease)) : 'held';
  }

  async next(): Promise<ClaimedRun | null> {
    const { leases, clock } = this.needs;
    const now = clock.now();
    const waiting = await this.waiting(now);
    const held = await leases.held(waiting.filter(({ state }) => state === 'running').map(leaseOf));
    for (const each of waiting.filter((one) => !held.has(leaseOf(one)))) {
      const lease = await leases.acquire(leaseOf(each));
      const claimed = lease && (await this.guarded(lease, () => this.take(each, lease)));
      if (claimed) return claimed;
    }
    return null;
  }

  /** In the order of their turns. */
  private async waiting(now: Date): Promise<QueuedRun[]> {
    const { runs, tasks, metrics } = this.needs;
    const waiting = (await Promise.all([runs.queue(now), tasks.queue(now)])).flat();
    const queued = waiting.filter(({ state }) => state === 'queued').map(({ readyAt }) => secondsBetween(readyAt, now));
    metrics.waiting(queued.length, Math.max(0, ...queued));
    const [first] = waiting.map(({ readyAt }) => readyAt).sort();
    if (first === undefined) return [];
    return claimOrder(waiting, (await Promise.all([runs.claims(first), tasks.claims(first)])).flat());
  }

  private async guarded(lease: RunLease, take: () => Promise<ClaimedRun | null>): Promise<ClaimedRun | null> {
    let claimed: ClaimedRun | null = null;
    try {
      claimed = await take();
    } finally {
      if (!claimed) await lease.release();
    }
    return claimed;
  }

  private take({ runId, taskId }: QueuedRun, lease: RunLease): Promise<ClaimedRun | null> {
    return taskId ? this.takeTask(taskId, lease) : this.takeRun(runId, lease);
  }

  private async takeRun(runId: string, lease: RunLease): Promise<ClaimedRun | null> {
    const stored = await this.needs.runs.load(runId);
    const command = this.command(lease);
    const run = stored && (await this.needs.ledger.apply(stored, command));
    if (stored && run) this.tell(stored.run, run, { runId });
    if (!stored || !run?.claim) return null;
    const { origin } = stored;
    return { run, task: null, origin, claim: run.claim, lease, expired: expiry(run, command.at) };
  }

  private async takeTask(taskId: string, lease: RunLease): Promise<ClaimedRun | null> {
    const { runs, tasks, taskLedger } = this.needs;
    const stored = await tasks.load(taskId);
    const parent = stored && (await runs.load(stored.task.request.runId));
    if (!stored || !parent) return null;
    const command = this.command(lease);
    const { search, state } = parent.run;
    if (state !== 'searching' || !search || !awaits(search, stored.task.request)) {
      await taskLedger.apply(stored, { type: 'discard', at: command.at });
      return null;
    }
    const task = await taskLedger.apply(stored, command);
    if (task) this.tell(stored.task, task, { taskId });
    if (!task?.claim) return null;
    const { origin } = stored;
    return { run: parent.run, task, origin, claim: task.claim, lease, expired: expiry(task, command.at) };
  }

  private command({ owner, token }: RunLease) {
    const { clock, limits } = this.needs;
    return { type: 'claim' as const, at: clock.now(), owner, token, limits };
  }

  private tell(before: QueuedWork, after: Told, of: object): void {
    const { metrics, logger } = this.needs;
    if (after.claim && after.claimedAt) {
      metrics.claimed(secondsBetween(before.readyAt, new Date(after.claimedAt)));
      logger.info({ ...of, claim: after.claim.number }, after.claim.number > 1 ? 'taken up again' : 'taken up');
    } else if (after.state === 'failed') {
      metrics.ended('failed');
      logger.error({ ...of, ...after.failure }, 'given up');
    }
  }
}

type Told = QueuedWork & Pick<TrainingRun, 'failure'> & { state: string };

const secondsBetween = (from: string, to: Date): number => Math.max(0, (to.getTime() - Date.parse(from)) / 1000);

function expiry({ deadline }: QueuedWork, now: Date): AbortSignal {
  if (!deadline) return new AbortController().signal;
  return AbortSignal.timeout(Math.max(0, Date.parse(deadline) - now.getTime()));
}
