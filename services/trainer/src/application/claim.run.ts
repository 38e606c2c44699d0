import type { Clock, Logger } from '@perennial/messaging';
import type { RunLimits } from '../domain/run.decider';
import type { Claim, TrainingRun } from '../domain/training.run';
import type { RunLease, RunLeases, RunOrigin, RunStore, TrainingMetrics } from './ports';
import type { RunLedger } from './run.ledger';

const LOOKED_AT = 50;

export interface ClaimedRun {
  run: TrainingRun;
  origin: RunOrigin;
  claim: Claim;
  lease: RunLease;
}

/** Takes up the run that has waited longest, or one whose trainer was lost. */
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

  async next(): Promise<ClaimedRun | null> {
    for (const runId of await this.runs.claimable(this.clock.now(), LOOKED_AT)) {
      const lease = await this.leases.acquire(`run/${runId}`);
      const claimed = lease && (await this.take(runId, lease));
      if (claimed) return claimed;
    }
    return null;
  }

  private async take(runId: string, lease: RunLease): Promise<ClaimedRun | null> {
    try {
      const stored = await this.runs.load(runId);
      const { owner, token } = lease;
      const command = { type: 'claim' as const, at: this.clock.now(), owner, token, limits: this.limits };
      const run = stored && (await this.ledger.apply(stored, command));
      if (stored && run?.claim) {
        this.logger.info({ runId, claim: run.claim.number }, 'run taken up');
        return { run, origin: stored.origin, claim: run.claim, lease };
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
