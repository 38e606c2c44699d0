export { checkpointKind, type RestoredEstimator, restoreEstimator } from './estimator.checkpoint';
export { type EstimatorConfig, estimatorConfig, type EstimatorDeclaration } from './estimator.config';
export { decodeEstimator, encodeEstimator } from './estimator.encoding';
export { type EstimatorOptions, type EstimatorRequest, trainEstimator } from './estimator.train';
export type { FittedEstimator, ValidationScores } from './fitted.estimator';
export { buildServedModel, type Member, type ServedModel } from './served.model';
export { type LibraryPlace, locateLibrary } from '@perennial/lightgbm';
