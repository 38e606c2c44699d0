import type { Clock, Logger } from '@perennial/messaging';
import type { FileReference } from '@perennial/contracts';
import { RunError } from '../domain/run.error';
import { scoreOf, trialPlan } from '../domain/search.plan';
import type { TrialTask } from '../domain/trial.task';
import type { ClaimedRun } from './claim.run';
import { writePatiently } from './patient.write';
import type { Estimators, FileStore, TaskStore, TrainingMetrics, TrialResult } from './ports';
import type { ProgressFeed } from './progress.feed';
import type { RecentInputs } from './recent.inputs';
import { StaleClaimError } from './stale-claim.error';
import type { TaskLedger } from './task.ledger';

export interface ExecuteTrialDependencies {
  inputs: RecentInputs;
  files: FileStore;
  tasks: Pick<TaskStore, 'load'>;
  ledger: TaskLedger;
  estimators: Estimators;
  progress: ProgressFeed;
  metrics: TrainingMetrics;
  clock: Clock;
  logger: Logger;
}

/** No artifact lies there: these files are deleted when their run is over. */
const BUCKET = 'trial_models';

/** Trains a claimed trial, keeps its model and tells its score. */
export class ExecuteTrial {
  constructor(private readonly needs: ExecuteTrialDependencies) {}

  async run(claimed: ClaimedRun, task: TrialTask, signal: AbortSignal): Promise<void> {
    const { ledger, clock, metrics, logger } = this.needs;
    const result = await this.train(claimed, task, signal);
    const { metric } = task.request;
    const score = scoreOf(metric, result.validation);
    if (!Number.isFinite(score)) throw new RunError('search.no-score', `the ${metric} is ${score}`, { metric });
    const model = await this.keep(claimed, task, result);
    const outcome = { score, seconds: result.seconds, model };
    const complete = (at: Date) =>
      ledger.apply({ task, origin: claimed.origin }, { type: 'complete', at, claim: claimed.claim, ...outcome });
    await writePatiently(claimed, complete, { clock, signal }).catch(async (error: unknown) => {
      if (error instanceof StaleClaimError) await this.withdraw(task, model);
      throw error;
    });
    metrics.ended('completed');
    logger.info({ taskId: task.taskId, score, seconds: result.seconds }, 'trial completed');
  }

  private async train(claimed: ClaimedRun, { request }: TrialTask, signal: AbortSignal): Promise<TrialResult> {
    const { estimators, progress, metrics } = this.needs;
    const { pipeline, fitted, plan, train, validation } = await this.needs.inputs.of(claimed.run.request, signal);
    const { trial, share, configuration } = request;
    const { model, settings, rounds } = trialPlan(pipeline, configuration as never, share);
    const training = { ...settings, seed: plan.training.seed, ...rounds };
    const trials = claimed.run.search?.search.declaration.budget.trials ?? trial;
    const result = await estimators.train(
      { model: estimators.model(fitted, model), training, pretraining: null, train, validation },
      { signal, onProgress: (report) => progress.report(claimed, trial, trials, report) },
    );
    metrics.trained('search', result.seconds, result.rowsPerSecond);
    return result;
  }

  /** Unless it was told after all, and only the answer was lost. */
  private async withdraw({ taskId }: TrialTask, model: FileReference): Promise<void> {
    const stored = await this.needs.tasks.load(taskId);
    if (stored?.task.model?.fileId !== model.fileId) await this.needs.files.delete(model);
  }

  /** Bytes that no other claim writes: to delete them is to delete nobody else's. */
  private keep({ claim }: ClaimedRun, { taskId }: TrialTask, result: TrialResult): Promise<FileReference> {
    const { files, estimators } = this.needs;
    const bytes = estimators.encode(result, `${taskId} ${claim.number}`);
    return files.put(BUCKET, bytes, { mediaType: 'application/octet-stream', name: taskId });
  }
}
