import { type Clock, codeOf, isUnbounded, type Logger, sleep } from '@perennial/messaging';
import type { RunCommand } from '../domain/run.decider';
import type { RunOutcome } from '../domain/training.run';
import { hyperparameters, type PlannedTrial } from '../domain/training.plan';
import { isBetter, recordedHistory, type Trial } from '../domain/trial.selection';
import type { ClaimedRun } from './claim.run';
import type { Candidate, Estimators, FileStore, TrainingMetrics, TrialResult } from './ports';
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

interface FinishedTrial {
  trial: Trial;
  result: TrialResult;
  candidate: Candidate;
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
    const finished: FinishedTrial[] = [];
    for (const planned of plan.trials) {
      finished.push(await this.trial(claimed, inputs, planned, finished.length + 1, signal));
    }
    const [first, ...others] = finished;
    if (!first) throw new Error(`run ${request.runId} planned no trial`);
    const best = others.reduce((best, each) => (isBetter(each.trial, best.trial) ? each : best), first);
    const candidate = this.better(best.candidate, finished, inputs);
    const outcome = await this.offer(claimed, inputs, { ...best, candidate }, finished);
    await this.write(claimed, signal, (at) => ({ type: 'complete', at, claim: claimed.claim, outcome }));
    this.needs.metrics.ended('completed');
    this.needs.logger.info(
      { runId: request.runId, f1: candidate.validation.f1, seconds: outcome.seconds },
      'run completed',
    );
  }

  private async trial(
    claimed: ClaimedRun,
    { pipeline, model, plan, train, validation, checkpoint }: RunInputs,
    planned: PlannedTrial,
    number: number,
    signal: AbortSignal,
  ): Promise<FinishedTrial> {
    const trials = plan.trials.length;
    const result = await this.needs.estimators.train(
      {
        ...{ model, train, validation, initialCheckpoint: checkpoint },
        training: { ...plan.training, ...planned },
        pretraining: plan.pretraining,
      },
      { signal, onProgress: (progress) => this.needs.progress.report(claimed, number, trials, progress) },
    );
    const candidate = this.needs.estimators.single(result, validation.labels, pipeline.calibration.method);
    const { seconds, rowsPerSecond } = result;
    const { decisionThreshold } = candidate;
    const { f1, logLoss } = candidate.validation;
    const history = recordedHistory(result.history, result.round);
    const trial = { trial: number, ...planned, f1, logLoss, decisionThreshold, seconds, rowsPerSecond, history };
    this.needs.metrics.trained(claimed.run.request.strategy, seconds, rowsPerSecond);
    await this.write(claimed, signal, (at) => ({ type: 'record-trial', at, claim: claimed.claim, trials, trial }));
    return { trial, result, candidate };
  }

  /** The ensemble of the trials, where one is declared and it is better on the validation rows. */
  private better(best: Candidate, finished: readonly FinishedTrial[], inputs: RunInputs): Candidate {
    const { plan, pipeline, validation } = inputs;
    if (plan.ensembleSize === 0 || finished.length < 2) return best;
    const options = { size: plan.ensembleSize, method: pipeline.calibration.method };
    const results = finished.map(({ result }) => result);
    const ensemble = this.needs.estimators.ensemble(results, validation.labels, options);
    return ensemble && isBetter(ensemble.validation, best.validation) ? ensemble : best;
  }

  private async offer(
    { run: { request } }: ClaimedRun,
    { pipeline, plan, fitted, train, validation }: RunInputs,
    { trial, result, candidate }: FinishedTrial,
    finished: readonly FinishedTrial[],
  ): Promise<RunOutcome> {
    const { runId, cycleId, attempt, strategy } = request;
    const { decisionThreshold: declared } = pipeline.gate;
    const decisionThreshold = declared === 'tuned' ? candidate.decisionThreshold : declared;
    const { files, estimators } = this.needs;
    const frame = { fitted, decisionThreshold, pipelineName: pipeline.name };
    const onnx = estimators.serve(frame, candidate);
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
      hyperparameters: {
        ...hyperparameters(pipeline, plan, trial, finished.length),
        ...compositionOf(candidate, finished),
      },
      validation: { rows: validation.rows, f1: candidate.validation.f1, logLoss: candidate.validation.logLoss },
      trainRows: train.rows,
      seconds: finished.reduce((sum, { trial: { seconds } }) => sum + seconds, 0),
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

/** Of the lineage: the calibration, and of an ensemble which trials it is made of. */
function compositionOf({ calibration, members }: Candidate, finished: readonly FinishedTrial[]): object {
  if (members.length === 1) return { calibration: calibration.method };
  const ensemble = members.map(({ estimator, weight }) => {
    const { trial } = finished.find(({ result }) => result === estimator) as FinishedTrial;
    return { trial: trial.trial, weight };
  });
  return { calibration: calibration.method, ensemble };
}
