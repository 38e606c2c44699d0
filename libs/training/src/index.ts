export { type ArtifactRequest, buildArtifact } from '@perennial/tabular-models';
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint, type OptimizerState } from './checkpoint.format';
export { train, type TrainOptions } from './train';
export { TrainingError, type TrainingErrorCode } from './training.error';
export type {
  EncodedRows,
  EpochRecord,
  NamedParameter,
  TrainingConfig,
  TrainingProgress,
  TrainingRequest,
  TrainingResult,
} from './training.request';
