export { ObjectStoreError, type ObjectStoreErrorCode } from './object-store.errors';
export type { ObjectStore, PutOptions } from './object-store';
export { GridfsObjectStore } from './gridfs.object-store';
export { S3ObjectStore, type S3Options } from './s3.object-store';
export { objectStoreConfig, objectStoreFromConfig, type ObjectStoreConfig } from './object-store.config';
export { streamOf, withScratchFile } from './scratch.file';
