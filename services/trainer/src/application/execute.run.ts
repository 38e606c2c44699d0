import { type Clock, codeOf, isUnbounded, type Logger, sleep } from '@perennial/messaging';
import type { RunCommand } from '../domain/run.decider';
import type { RunOutcome } from '../domain/training.run';
import { hyperparameters, type PlannedTrial } from '../domain/training.plan';
import { isBetter, recordedHistory, type Trial } from '../domain/trial.selection';
import type { ClaimedRun } from './claim.run';
import type { Estimators, FileStore, TrainingMetrics, TrialResult } from './ports';
import type { ProgressFeed } from './progress.feed';
import { type RunInputs, runInputs, type RunSources } from './run.inputs';
import type { RunLedger } from './run.ledger';
import { StaleClaimError } from './stale-claim.error';

export interface ExecuteRunDependencies {
  sources: RunSources;
  files: FileStore;
  ledger: RunLedger;
  estimators: Estimators;
  progress: ProgressFeed;
  metrics: TrainingMetrics;
  clock: Clock;
  logger: Logger;
}

interface BestTrial {
  trial: Trial;
  result: TrialResult;
}

const BUCKET = 'artifacts';
const DATABASE_PAUSE_MS = 500;

/** Trains a claimed run and offers the candidate. Writes only while the claim holds, else throws StaleClaimError. */
export class ExecuteRun {
  constructor(private readonly needs: ExecuteRunDependencies) {}

  async run(claimed: ClaimedRun, signal: AbortSignal): Promise<void> {
    const { request } = claimed.run;
    const inputs = await runInputs(request, this.needs.sources, signal);
    const { train, validation, plan } = inputs;
    await this.write(claimed, signal, (at) => ({
      type: 'start',
      at,
      claim: claimed.claim,
      trainRows: train.rows,
      validationRows: validation.rows,
    }));
    const trials: Trial[] = [];
    let best: BestTrial | undefined;
    for (const planned of plan.trials) {
      const { trial, result } = await this.trial(claimed, inputs, planned, trials.length + 1, signal);
      trials.push(trial);
      if (!best || isBetter(trial, best.trial)) best = { trial, result };
    }
    if (!best) throw new Error(`run ${request.runId} planned no trial`);
    const outcome = await this.offer(claimed, inputs, best, trials);
    await this.write(claimed, signal, (at) => ({ type: 'complete', at, claim: claimed.claim, outcome }));
    this.needs.metrics.ended('completed');
    this.needs.logger.info({ runId: request.runId, f1: best.trial.f1, seconds: outcome.seconds }, 'run completed');
  }

  private async trial(
    claimed: ClaimedRun,
    { model, plan, train, validation, checkpoint }: RunInputs,
    planned: PlannedTrial,
    number: number,
    signal: AbortSignal,
  ): Promise<BestTrial> {
    const trials = plan.trials.length;
    const result = await this.needs.estimators.train(
      { model, training: { ...plan.training, ...planned }, train, validation, initialCheckpoint: checkpoint },
      { signal, onProgress: (progress) => this.needs.progress.report(claimed, number, trials, progress) },
    );
    const { decisionThreshold, seconds, rowsPerSecond, validation: scores } = result;
    const history = recordedHistory(result.history, result.round);
    const { f1, logLoss } = scores;
    const trial = { trial: number, ...planned, f1, logLoss, decisionThreshold, seconds, rowsPerSecond, history };
    this.needs.metrics.trained(claimed.run.request.strategy, seconds, rowsPerSecond);
    await this.write(claimed, signal, (at) => ({ type: 'record-trial', at, claim: claimed.claim, trials, trial }));
    return { trial, result };
  }

  private async offer(
    { run: { request } }: ClaimedRun,
    { pipeline, plan, fitted, train, validation }: RunInputs,
    { trial, result }: BestTrial,
    trials: readonly Trial[],
  ): Promise<RunOutcome> {
    const { runId, cycleId, attempt, strategy } = request;
    const { decisionThreshold: declared } = pipeline.gate;
    const decisionThreshold = declared === 'tuned' ? result.decisionThreshold : declared;
    const { files, estimators } = this.needs;
    const frame = { fitted, decisionThreshold, pipelineName: pipeline.name };
    const onnx = estimators.serve(frame, { members: [{ estimator: result, weight: 1 }] });
    const [artifact, checkpoint] = await Promise.all([
      files.put(BUCKET, onnx, { mediaType: 'application/onnx', name: `${runId}/model.onnx` }),
      files.put(BUCKET, result.checkpoint, { mediaType: 'application/octet-stream', name: `${runId}/checkpoint` }),
    ]);
    return {
      runId,
      pipeline: pipeline.name,
      cycleId,
      attempt,
      strategy,
      artifact,
      checkpoint,
      decisionThreshold,
      hyperparameters: hyperparameters(pipeline, plan, trial, trials.length),
      validation: { rows: validation.rows, f1: trial.f1, logLoss: trial.logLoss },
      trainRows: train.rows,
      seconds: trials.reduce((sum, { seconds }) => sum + seconds, 0),
    };
  }

  /** Waits for a database that is away: the work of minutes is at stake. Ends when the signal is aborted. */
  private async write(claimed: ClaimedRun, signal: AbortSignal, command: (at: Date) => RunCommand): Promise<void> {
    for (;;) {
      signal.throwIfAborted();
      try {
        const after = await this.needs.ledger.apply(claimed, command(this.needs.clock.now()));
        if (after) return;
        throw new StaleClaimError(claimed.run.runId, claimed.claim.number);
      } catch (error) {
        if (!isUnbounded(error) && codeOf(error) !== 'CONFLICT') throw error;
        await sleep(DATABASE_PAUSE_MS, signal);
      }
    }
  }
}
