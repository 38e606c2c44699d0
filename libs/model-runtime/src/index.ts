export { ModelRuntimeError, type ModelRuntimeErrorCode } from './model-runtime.errors';
export { type LoadedModel, openModel, type OpenOptions } from './loaded-model';
export type { ModelSignature, SignatureInput } from './model.signature';
export type { InputProblem } from './row.encoder';
export { readMetadata } from '@perennial/onnx-file';
export { checkModel } from './model.check';
