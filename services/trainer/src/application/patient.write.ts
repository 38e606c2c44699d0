import { type Clock, codeOf, isUnbounded, sleep } from '@perennial/messaging';
import type { RunCommand } from '../domain/run.decider';
import type { TrainingRun } from '../domain/training.run';
import type { ClaimedRun } from './claim.run';
import { StaleClaimError } from './stale-claim.error';

/** Writes what follows from a command while its claim holds. */
export type WriteRun = (command: (at: Date) => RunCommand) => Promise<TrainingRun>;

const DATABASE_PAUSE_MS = 500;

/**
 * Waits for a database that is away: the work of minutes is at stake. Ends when the signal is aborted. Throws
 * StaleClaimError where nothing followed from the command: the claim is overtaken.
 */
export async function writePatiently<T>(
  { run, claim }: Pick<ClaimedRun, 'run' | 'claim'>,
  apply: (at: Date) => Promise<T | null>,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Promise<T> {
  for (;;) {
    signal.throwIfAborted();
    try {
      const after = await apply(clock.now());
      if (after) return after;
      throw new StaleClaimError(run.runId, claim.number);
    } catch (error) {
      if (!isUnbounded(error) && codeOf(error) !== 'CONFLICT') throw error;
      await sleep(DATABASE_PAUSE_MS, signal);
    }
  }
}
