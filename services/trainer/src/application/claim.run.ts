import type { Clock, Logger } from '@perennial/messaging';
import { claimOrder } from '../domain/claim.order';
import type { RunLimits } from '../domain/run.decider';
import type { Claim, TrainingRun } from '../domain/training.run';
import type { QueuedRun, RunLease, RunLeases, RunOrigin, RunStore, TrainingMetrics } from './ports';
import type { RunLedger } from './run.ledger';

export interface ClaimedRun {
  run: TrainingRun;
  origin: RunOrigin;
  claim: Claim;
  lease: RunLease;
  /** Aborted at the deadline. */
  expired: AbortSignal;
}

/** Takes up the run whose turn it is, or one whose trainer was lost; see `claimOrder`. */
export class ClaimRun {
  constructor(
    private readonly runs: RunStore,
    private readonly leases: RunLeases,
    private readonly ledger: RunLedger,
    private readonly clock: Clock,
    private readonly limits: RunLimits,
    private readonly metrics: TrainingMetrics,
    private readonly logger: Logger,
  ) {}

  /** Only measures what waits. */
  async look(): Promise<void> {
    const now = this.clock.now();
    this.measure((await this.runs.queue(now)).runs, now);
  }

  /** A certain run, whoever's turn it is; held: by another trainer. Null where it is over, pauses or is not known. */
  async one(runId: string): Promise<ClaimedRun | 'held' | null> {
    const lease = await this.leases.acquire(`run/${runId}`);
    return lease ? this.take(runId, lease) : 'held';
  }

  async next(): Promise<ClaimedRun | null> {
    const now = this.clock.now();
    const { runs, claims } = await this.runs.queue(now);
    this.measure(runs, now);
    for (const { runId } of claimOrder(runs, claims)) {
      const lease = await this.leases.acquire(`run/${runId}`);
      const claimed = lease && (await this.take(runId, lease));
      if (claimed) return claimed;
    }
    return null;
  }

  private measure(runs: readonly QueuedRun[], now: Date): void {
    const waited = runs.filter(({ state }) => state === 'queued').map(({ readyAt }) => secondsBetween(readyAt, now));
    this.metrics.waiting(waited.length, Math.max(0, ...waited));
  }

  private async take(runId: string, lease: RunLease): Promise<ClaimedRun | null> {
    try {
      const stored = await this.runs.load(runId);
      const { owner, token } = lease;
      const command = { type: 'claim' as const, at: this.clock.now(), owner, token, limits: this.limits };
      const run = stored && (await this.ledger.apply(stored, command));
      if (stored && run?.claim) {
        this.metrics.claimed(secondsBetween(stored.run.readyAt, command.at));
        this.logger.info({ runId, claim: run.claim.number }, 'run taken up');
        return { run, origin: stored.origin, claim: run.claim, lease, expired: expiry(run, command.at) };
      }
      if (run?.state === 'failed') {
        this.metrics.ended('failed');
        this.logger.error({ runId, ...run.failure }, 'run given up');
      }
    } catch (error) {
      await lease.release();
      throw error;
    }
    await lease.release();
    return null;
  }
}

const secondsBetween = (from: string, to: Date): number => Math.max(0, (to.getTime() - Date.parse(from)) / 1000);

/** A run that was recorded before runs had deadlines never expires. */
function expiry({ deadline }: TrainingRun, now: Date): AbortSignal {
  if (!deadline) return new AbortController().signal;
  return AbortSignal.timeout(Math.max(0, Date.parse(deadline) - now.getTime()));
}
