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
