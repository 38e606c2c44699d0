export { averagedScores, type AveragedScores, type Averaging } from './averaged-scores';
export { bestF1Threshold } from './best-threshold';
export { bootstrap, type Metric } from './bootstrap';
export { confusionMatrix, type ConfusionMatrix } from './confusion-matrix';
export { evaluate, METRIC_NAMES, scores, type EvaluateOptions, type Evaluation } from './evaluate';
export { MetricsError, type MetricsErrorCode } from './metrics.errors';
export type { MetricName, Scores } from './ranked-rows';
export type { Interval, ResamplingOptions } from './resampling';
