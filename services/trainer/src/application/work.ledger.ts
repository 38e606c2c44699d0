import type { FailureCause, WorkLimits } from '../domain/queued.work';
import type { Claim, RunFailure } from '../domain/training.run';
import type { ClaimedRun } from './claim.run';
import type { RunLedger } from './run.ledger';
import type { TaskLedger } from './task.ledger';

/** How a claim ends early, of a run or of a trial. */
export type WorkCommand =
  | { type: 'hand-back'; at: Date; claim: Claim; reason: string }
  | { type: 'fail'; at: Date; claim: Claim; cause: FailureCause; failure: RunFailure; limits: WorkLimits };

export interface WorkAfter {
  state: string;
  notBefore: string | null;
}

/** Writes to what was claimed, be it a run or a trial. */
export class WorkLedger {
  constructor(
    private readonly runs: RunLedger,
    private readonly tasks: TaskLedger,
  ) {}

  apply(
    { run, task, origin }: Pick<ClaimedRun, 'run' | 'task' | 'origin'>,
    command: WorkCommand,
  ): Promise<WorkAfter | null> {
    return task ? this.tasks.apply({ task, origin }, command) : this.runs.apply({ run, origin }, command);
  }
}
