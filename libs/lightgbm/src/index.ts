export { parseBooster } from './booster.model';
export { buildLightGbmArtifact, type LightGbmArtifactRequest, lightGbmProbability } from './lightgbm.artifact';
export { decodeLightGbmCheckpoint, isLightGbmCheckpoint, type LightGbmCheckpoint } from './lightgbm.checkpoint';
export { checkLightGbmConfig, type LightGbmConfig, lightGbmConfig, type LightGbmParameters } from './lightgbm.config';
export type { IterationRecord, LightGbmRequest, LightGbmResult } from './lightgbm.request';
export { trainLightGbm } from './lightgbm.train';
export { installedLibrary, type LibraryPlace, lightGbmVersion, locateLibrary } from './library.location';
export type { LibraryIdentity } from './native.library';
export type { BoosterModel, CategoricalSplit, Leaf, Missing, NumericSplit, TreeNode } from './tree.model';
