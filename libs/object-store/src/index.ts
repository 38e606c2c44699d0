export { ObjectStoreError, type ObjectStoreErrorCode } from './object-store.errors';
export type { ObjectStore, PutOptions } from './object-store';
export { GridfsObjectStore } from './gridfs.object-store';
export { objectStoreConfig, type ObjectStoreConfig } from './object-store.config';
export { objectStoreFromConfig } from './object-store.open';
export { streamOf, withScratchFile } from './scratch.file';
