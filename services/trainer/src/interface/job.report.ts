import type { OneTraining } from '../application/train.one';
import type { TrainingRun } from '../domain/training.run';

export const EXIT = { completed: 0, failed: 1, notNow: 2, usage: 64 } as const;

export interface JobReport {
  exit: number;
  message: string;
}

/** What the job says at its end; `wanted` is null where it took the run whose turn it was. */
export function jobReport(wanted: string | null, training: OneTraining): JobReport {
  if (training.end === 'none') {
    if (wanted === null) return { exit: EXIT.completed, message: 'no run waits' };
    return { exit: EXIT.notNow, message: `run ${wanted} is not known: it was not asked for, or is not queued yet` };
  }
  const { run } = training;
  if (run.state === 'completed') return { exit: EXIT.completed, message: completed(run, training.end === 'before') };
  if (run.state === 'failed') return { exit: EXIT.failed, message: failed(run, training.end === 'before') };
  if (run.state === 'searching')
    return { exit: wanted === null ? EXIT.completed : EXIT.notNow, message: searches(run) };
  return { exit: EXIT.notNow, message: waits(training.end, run) };
}

function completed({ runId, outcome }: TrainingRun, before: boolean): string {
  if (!outcome) throw new TypeError(`run ${runId} is completed without an outcome`);
  const { validation, artifact, seconds, trainRows } = outcome;
  const f1 = validation.f1 === null ? 'not measured' : validation.f1.toFixed(4);
  const how = `F1 ${f1} on ${validation.rows} validation rows, ${trainRows} rows trained on in ${seconds.toFixed(1)} s`;
  return `run ${runId} ${before ? 'was completed before' : 'is completed'}: ${how}; model ${artifact.digest}`;
}

const failed = ({ runId, failure }: TrainingRun, before: boolean): string =>
  `run ${runId} ${before ? 'failed before' : 'failed'}: ${failure?.message} (${failure?.code})`;

const searches = ({ runId }: TrainingRun): string =>
  `run ${runId} is searching: its trials are taken up one by one, by trainers or by jobs without a run id`;

function waits(end: OneTraining['end'], { runId, claim, notBefore, state }: TrainingRun): string {
  if (end === 'held' || claim) return `run ${runId} is held by another trainer (${claim?.owner ?? 'just taken'})`;
  if (end === 'pauses') return `run ${runId} is ${state}, and not taken up before ${notBefore ?? 'it is its turn'}`;
  return `run ${runId} is ${state} again${notBefore ? `, and tried once more after ${notBefore}` : ''}`;
}
