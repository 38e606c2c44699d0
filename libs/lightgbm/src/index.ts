export { parseBooster } from './booster.model';
export { buildLightGbmArtifact, type LightGbmArtifactRequest } from './lightgbm.artifact';
export { checkLightGbmConfig, type LightGbmConfig, lightGbmConfig, type LightGbmParameters } from './lightgbm.config';
export type { IterationRecord, LightGbmRequest, LightGbmResult } from './lightgbm.request';
export { trainLightGbm } from './lightgbm.train';
export { installedLibrary, type LibraryPlace, lightGbmVersion } from './library.location';
export type { LibraryIdentity } from './native.library';
export type { BoosterModel, CategoricalSplit, Leaf, Missing, NumericSplit, TreeNode } from './tree.model';
