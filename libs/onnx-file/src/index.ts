export { type Field, fieldsOf, MalformedMessageError } from './protobuf.reader';
export { readMetadata } from './metadata.reader';
export { readCategories } from './category.reader';
export { type Adapted, adaptClassifier, type AdaptRequest } from './classifier.adapter';
export { type FileProblem, UnsuitableModelError } from './unsuitable-model.error';
export type { RawColumn } from './classifier.inputs';
export type { ScoreKind } from './classifier.output';
export { inputNames } from './model.parts';
export { type ExternalFiles, externalFiles, inlineExternalData } from './external.data';
