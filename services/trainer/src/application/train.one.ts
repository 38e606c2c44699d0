import { isOver, type TrainingRun } from '../domain/training.run';
import type { ClaimRun } from './claim.run';
import type { RunStore } from './ports';
import type { WorkRun } from './work.run';

/** What came of one try to train a run. */
export type OneTraining =
  /** No run of that id, or none that waits. */
  | { end: 'none' }
  /** held: another trainer has it. pauses: it may not be taken up before `run.notBefore`. before: it was over already. */
  | { end: 'held' | 'pauses' | 'before'; run: TrainingRun }
  /** It was trained here; `run.state` says whether to its end. */
  | { end: 'trained'; run: TrainingRun };

/** Takes up one run under the rules of every trainer, and ends with it. */
export class TrainOne {
  constructor(
    private readonly runs: RunStore,
    private readonly claimRun: ClaimRun,
    private readonly workRun: WorkRun,
  ) {}

  /** Null: the run whose turn it is. `stopped` hands it back. */
  async run(wanted: string | null, stopped: AbortSignal): Promise<OneTraining> {
    if (wanted !== null && !(await this.load(wanted))) return { end: 'none' };
    const claimed = wanted === null ? await this.claimRun.next() : await this.claimRun.one(wanted);
    if (claimed && claimed !== 'held') await this.workRun.run(claimed, stopped);
    const runId = claimed && claimed !== 'held' ? claimed.run.runId : wanted;
    const run = runId === null ? null : await this.load(runId);
    if (!run) return { end: 'none' };
    if (claimed === 'held') return { end: isOver(run) ? 'before' : 'held', run };
    if (claimed) return { end: 'trained', run };
    return { end: isOver(run) ? 'before' : 'pauses', run };
  }

  private async load(runId: string): Promise<TrainingRun | null> {
    return (await this.runs.load(runId))?.run ?? null;
  }
}
