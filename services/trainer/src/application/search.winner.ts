import type { SearchMetric } from '@perennial/search';
import { candidates, type RunSearch } from '../domain/run.search';
import { RunError } from '../domain/run.error';
import { isBetterBy, trialPlan } from '../domain/search.plan';
import type { Candidate, Estimators, FileStore, TrialResult } from './ports';
import type { RunInputs } from './run.inputs';

export interface SearchWinner {
  /** What the best trial trained. */
  searched: ReturnType<typeof trialPlan>;
  /** The best trial's. */
  result: TrialResult;
  candidate: Candidate;
  /** Trained models by trial, of those that could be in the candidate. */
  finished: readonly { trial: { trial: number }; result: TrialResult }[];
  trials: number;
  /** Of all trainings together. */
  seconds: number;
}

interface WinnerSources {
  files: Pick<FileStore, 'get'>;
  estimators: Estimators;
}

/** The best trial of an ended search; or an ensemble of the best few, where that is declared and better. */
export async function searchWinner(
  { search, files: models }: RunSearch,
  { pipeline, plan, validation }: Pick<RunInputs, 'pipeline' | 'plan' | 'validation'>,
  { files, estimators }: WinnerSources,
): Promise<SearchWinner> {
  const { trials, declaration, rungs } = search;
  const best = candidates({ search, files: models }).slice(0, Math.max(1, plan.ensembleSize));
  const finished = await Promise.all(
    best.map(async ({ trial, file }) => ({
      trial: { trial: trial.number },
      result: estimators.decode(await files.get(file)),
    })),
  );
  const [first] = finished;
  const [standing] = best;
  if (!first || !standing) {
    const causes = [...new Set(trials.flatMap(({ failure }) => (failure ? [failure.message] : [])))];
    const message = `none of ${trials.length} trials succeeded: ${causes.slice(0, 3).join('; ')}`;
    throw new RunError('run.search-failed', message, { trials: trials.length, causes });
  }
  const { method } = pipeline.calibration;
  const selection = { size: plan.ensembleSize, method, metric: declaration.metric };
  const single = estimators.single(first.result, validation.labels, method);
  return {
    searched: trialPlan(pipeline, standing.trial.configuration, rungs[standing.rung] as number),
    result: first.result,
    candidate: better(single, ensembleOf(finished, validation.labels, selection, estimators), declaration.metric),
    finished,
    trials: trials.length,
    seconds: trials.reduce((sum, trial) => sum + trial.seconds, 0),
  };
}

function ensembleOf(
  finished: SearchWinner['finished'],
  labels: Int32Array,
  options: Parameters<Estimators['ensemble']>[2],
  estimators: Estimators,
): Candidate | null {
  if (finished.length < 2) return null;
  const results = finished.map(({ result }) => result);
  return estimators.ensemble(results, labels, options);
}

const better = (single: Candidate, ensemble: Candidate | null, metric: SearchMetric): Candidate =>
  ensemble && isBetterBy(metric, ensemble.validation, single.validation) ? ensemble : single;
