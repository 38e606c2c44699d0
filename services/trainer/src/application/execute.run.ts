import type { RunCommand } from '../domain/run.decider';
import type { RunSearch } from '../domain/run.search';
import { beginSearch } from '../domain/search.begin';
import { searchOf } from '../domain/search.plan';
import type { RunOutcome, TrainingRun } from '../domain/training.run';
import { hyperparameters, type PlannedTrial } from '../domain/training.plan';
import { isBetter, recordedHistory, type Trial } from '../domain/trial.selection';
import type { ClaimedRun } from './claim.run';
import type { KeeperNeeds } from './checkpoint.keeper';
import { writePatiently, type WriteRun } from './patient.write';
import type { Candidate, Estimators, TrialProgress, TrialResult } from './ports';
import type { ProgressFeed } from './progress.feed';
import { ResumableTraining } from './resumable.training';
import { type RunInputs, runInputs, type RunSources } from './run.inputs';
import type { RunLedger } from './run.ledger';
import { searchWinner } from './search.winner';

export interface ExecuteRunDependencies extends KeeperNeeds {
  sources: RunSources;
  ledger: RunLedger;
  estimators: Estimators;
  progress: ProgressFeed;
}

interface FinishedTrial {
  trial: Trial;
  result: TrialResult;
  candidate: Candidate;
}

const BUCKET = 'artifacts';

/**
 * Trains a claimed run and offers the candidate; where it searches, begins the search, or offers what that found. Writes only while the claim holds, else throws StaleClaimError.
 */
export class ExecuteRun {
  constructor(private readonly needs: ExecuteRunDependencies) {}

  async run(claimed: ClaimedRun, signal: AbortSignal): Promise<void> {
    const { request, search } = claimed.run;
    const inputs = await runInputs(request, this.needs.sources, signal);
    const { train, validation, pipeline } = inputs;
    const { claim } = claimed;
    if (!search) {
      const rows = { trainRows: train.rows, validationRows: validation.rows };
      await this.write(claimed, signal, (at) => ({ type: 'start', at, claim, ...rows }));
    }
    if (!search && searchOf(pipeline, request)) return this.begin(claimed, inputs, signal);
    const outcome = await this.outcome(claimed, inputs, signal);
    await this.write(claimed, signal, (at) => ({ type: 'complete', at, claim: claimed.claim, outcome }));
    this.needs.metrics.ended('completed');
    const { f1 } = outcome.validation;
    this.needs.logger.info({ runId: request.runId, f1, seconds: outcome.seconds }, 'run completed');
  }

  private async outcome(claimed: ClaimedRun, inputs: RunInputs, signal: AbortSignal): Promise<RunOutcome> {
    const { plan } = inputs;
    if (claimed.run.search) return this.found(claimed, inputs, claimed.run.search);
    const finished: FinishedTrial[] = [];
    for (const planned of plan.trials) {
      finished.push(await this.trial(claimed, inputs, planned, finished.length + 1, signal));
    }
    const [first, ...others] = finished;
    if (!first) throw new Error(`run ${claimed.run.runId} planned no trial`);
    const best = others.reduce((best, each) => (isBetter(each.trial, best.trial) ? each : best), first);
    const candidate = this.better(best.candidate, finished, inputs);
    const seconds = finished.reduce((sum, { trial }) => sum + trial.seconds, 0);
    const composition = compositionOf(candidate, finished);
    return this.offer(claimed, inputs, { ...best, candidate }, { trials: finished.length, seconds, composition });
  }

  /** From here on any trainer trains its trials, and the run waits without one until its search has ended. */
  private async begin(claimed: ClaimedRun, { pipeline, plan }: RunInputs, signal: AbortSignal): Promise<void> {
    const { run, claim } = claimed;
    const declared = searchOf(pipeline, run.request) as NonNullable<ReturnType<typeof searchOf>>;
    const command = beginSearch(run, declared, plan.training.seed);
    await this.write(claimed, signal, (at) => ({ type: 'begin-search', at, claim, command }));
    this.needs.metrics.ended('searching');
    this.needs.logger.info({ runId: run.runId, ...declared.budget }, 'search begun');
  }

  private async found(claimed: ClaimedRun, inputs: RunInputs, search: RunSearch): Promise<RunOutcome> {
    const winner = await searchWinner(search, inputs, this.needs);
    const { rounds, model, settings } = winner.searched;
    const pipeline = { ...inputs.pipeline, model };
    const plan = { ...inputs.plan, pretraining: null, training: { ...settings, seed: inputs.plan.training.seed } };
    const composition = compositionOf(winner.candidate, winner.finished);
    return this.offer(claimed, { ...inputs, pipeline, plan }, { ...winner, trial: rounds }, { ...winner, composition });
  }

  private async trial(
    claimed: ClaimedRun,
    { pipeline, model, plan, train, validation, pretrainingRows, checkpoint }: RunInputs,
    planned: PlannedTrial,
    number: number,
    signal: AbortSignal,
  ): Promise<FinishedTrial> {
    const trials = plan.trials.length;
    const write: WriteRun = (command) => this.write(claimed, signal, command);
    const resumable = new ResumableTraining(this.needs, claimed, number, write);
    const earlier = await resumable.ended();
    const request = {
      ...{ model, train, validation, initialCheckpoint: checkpoint, pretrainingRows },
      training: { ...plan.training, ...planned },
      pretraining: plan.pretraining,
    };
    const onProgress = (progress: TrialProgress) => this.needs.progress.report(claimed, number, trials, progress);
    const result = earlier ?? (await resumable.train(request, { signal, onProgress }));
    const candidate = this.needs.estimators.single(result, validation.labels, pipeline.calibration.method);
    const { seconds, rowsPerSecond } = result;
    const { decisionThreshold } = candidate;
    const { f1, logLoss } = candidate.validation;
    const history = recordedHistory(result.history, result.round);
    const trial = { trial: number, ...planned, f1, logLoss, decisionThreshold, seconds, rowsPerSecond, history };
    if (earlier) return { trial, result, candidate };
    this.needs.metrics.trained(claimed.run.request.strategy, seconds, rowsPerSecond);
    const file = number < trials ? await resumable.keepResult(result) : null;
    await write((at) => ({ type: 'record-trial', at, claim: claimed.claim, trials, trial, file }));
    return { trial, result, candidate };
  }

  /** The ensemble of the trials, where one is declared and it is better on the validation rows. */
  private better(best: Candidate, finished: readonly FinishedTrial[], inputs: RunInputs): Candidate {
    const { plan, pipeline, validation } = inputs;
    if (plan.ensembleSize === 0 || finished.length < 2) return best;
    // The measure by which candidates are compared here.
    const options = { size: plan.ensembleSize, method: pipeline.calibration.method, metric: 'f1' as const };
    const results = finished.map(({ result }) => result);
    const ensemble = this.needs.estimators.ensemble(results, validation.labels, options);
    return ensemble && isBetter(ensemble.validation, best.validation) ? ensemble : best;
  }

  private async offer(
    { run: { request } }: ClaimedRun,
    { pipeline, plan, fitted, train, validation, pretrainingRows }: RunInputs,
    { trial, result, candidate }: Omit<FinishedTrial, 'trial'> & { trial: PlannedTrial },
    { trials, seconds, composition }: { trials: number; seconds: number; composition: object },
  ): Promise<RunOutcome> {
    const { runId, cycleId, attempt, strategy } = request;
    const { decisionThreshold: declared } = pipeline.gate;
    const decisionThreshold = declared === 'tuned' ? candidate.decisionThreshold : declared;
    const { files, estimators } = this.needs;
    const unlabelled = pretrainingRows && { pretrainingRows: pretrainingRows.train.rows };
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
      hyperparameters: { ...hyperparameters(pipeline, plan, trial, trials), ...unlabelled, ...composition },
      validation: { rows: validation.rows, f1: candidate.validation.f1, logLoss: candidate.validation.logLoss },
      trainRows: train.rows,
      seconds,
    };
  }

  private write(claimed: ClaimedRun, signal: AbortSignal, command: (at: Date) => RunCommand): Promise<TrainingRun> {
    const { ledger, clock } = this.needs;
    return writePatiently(claimed, (at) => ledger.apply(claimed, command(at)), { clock, signal });
  }
}

/** Of the lineage: the calibration, and of an ensemble which trials it is made of. */
function compositionOf(
  { calibration, members }: Candidate,
  finished: readonly { trial: { trial: number }; result: TrialResult }[],
): object {
  if (members.length === 1) return { calibration: calibration.method };
  const ensemble = members.map(({ estimator, weight }) => {
    return { trial: finished.find(({ result }) => result === estimator)?.trial.trial, weight };
  });
  return { calibration: calibration.method, ensemble };
}
