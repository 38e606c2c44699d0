export type { FeatureQuery, FeatureReaderOptions } from './feature.reader';
export { FeatureReader, FeatureRows } from './feature.reader';
export type { FeatureReadErrorCode } from './feature-read.error';
export { FeatureReadError } from './feature-read.error';
