export { type ArtifactRequest, buildArtifact } from '@perennial/tabular-models';
export { BestRound } from './best.round';
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint, type OptimizerState } from './checkpoint.format';
export {
  pretrain,
  pretrainAndTrain,
  type PretrainedOptions,
  type PretrainedRequest,
  type PretrainOptions,
} from './pretrain';
export type { PretrainingConfig, PretrainingEpoch, PretrainingRequest, PretrainingResult } from './pretraining.request';
export { type MeterOptions, ProgressMeter } from './progress.meter';
export { checkClassWeights, checkModelConfig, checkTrainingRows, refuseField } from './request.check';
export { train, type TrainOptions } from './train';
export { answerRequest, type Training } from './training.answer';
export { TrainingError, type TrainingErrorCode } from './training.error';
export { type ProcessOptions, trainingEntry, trainInProcess } from './training.process';
export type {
  EncodedRows,
  EpochRecord,
  NamedParameter,
  TrainingConfig,
  TrainingProgress,
  TrainingRequest,
  TrainingResult,
  TrainingRows,
} from './training.request';
export { measureValidation, type ValidationMeasure } from './validation.measure';
