export type {
  CategoricalFeature,
  ColumnStatistics,
  DatePart,
  DroppedColumn,
  FittedPreprocessing,
  ModelInput,
  NumericFeature,
  StepName,
} from './fitted-preprocessing';
export { apply } from './apply';
export { datePartOf } from './date-handling.step';
export { FLOAT32_MAX } from './encoding.step';
export { fit } from './fit';
export { PreprocessingError, type PreprocessingErrorCode } from './preprocessing.errors';
export { checkQuality, type QualityFinding, type QualityLimits, type QualityVerdict } from './quality.check';
export { splitOf, splitPartOf, type SplitPart } from './split';
