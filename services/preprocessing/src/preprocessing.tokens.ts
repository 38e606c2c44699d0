export const METADATA_STORE = Symbol('processing metadata store');
export const BATCH_STORE = Symbol('preprocessing batch store');
