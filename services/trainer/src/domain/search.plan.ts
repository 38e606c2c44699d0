import { attemptOf, type Pipeline, type SearchDeclaration, searchedModel } from '@perennial/pipeline';
import { type Configuration, lowerIsBetter, type SearchMetric } from '@perennial/search';
import type { RunRequest } from './training.run';

/** What the attempt declares to be searched; null where it declares no search. */
export function searchOf(pipeline: Pipeline, { attempt, strategy }: RunRequest): SearchDeclaration | null {
  const declared = attemptOf(pipeline, attempt);
  return strategy === 'train' && declared.strategy === 'search' ? declared.search : null;
}

/** What one trial trains: `share` of the epochs, or of trees the iterations, of a full training. */
export function trialPlan(pipeline: Pipeline, configuration: Configuration, share: number) {
  const { model, training } = searchedModel(pipeline, configuration);
  const { epochs, learningRate, pretraining: _pretraining, ...settings } = training;
  const full = model.kind === 'lightgbm' ? model.numIterations : epochs;
  return {
    model,
    settings,
    rounds: {
      epochs: Math.max(1, Math.round(full * share)),
      learningRate: model.kind === 'lightgbm' ? model.learningRate : learningRate,
    },
  };
}

/** NaN where it could not be measured, which is no score. */
export const scoreOf = (metric: SearchMetric, validation: Readonly<Record<SearchMetric, number | null>>): number =>
  validation[metric] ?? NaN;

type Scores = Readonly<Record<SearchMetric, number | null>>;

/** Strictly; what could not be measured is never better. */
export function isBetterBy(metric: SearchMetric, challenger: Scores, best: Scores): boolean {
  const [a, b] = [scoreOf(metric, challenger), scoreOf(metric, best)];
  if (Number.isNaN(b)) return !Number.isNaN(a);
  return lowerIsBetter(metric) ? a < b : a > b;
}
