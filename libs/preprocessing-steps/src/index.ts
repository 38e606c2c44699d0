export type {
  CategoricalFeature,
  ColumnStatistics,
  DatePart,
  DroppedColumn,
  FittedPreprocessing,
  RawColumn,
  NumericFeature,
  StepName,
} from './fitted-preprocessing';
export { apply, rawColumns, RawStorages } from './apply';
export { datePartOf } from './date-handling.step';
export { FLOAT32_MAX } from './encoding.step';
export { fit, fitColumnwise } from './fit';
export { PreprocessingError, type PreprocessingErrorCode } from './preprocessing.errors';
export { checkQuality } from './quality.check';
export { type QualityFinding, type QualityLimits, QualityTally, type QualityVerdict } from './quality.tally';
export { splitOf, splitPartOf, type SplitPart } from './split';
