export const METADATA_STORE = Symbol('processing metadata store');
export const BATCH_STORE = Symbol('preprocessing batch store');
/** The pipeline by which each dataset is prepared. */
export const DATASETS = Symbol('pipelines by dataset');
