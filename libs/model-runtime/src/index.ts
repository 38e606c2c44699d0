export { ModelRuntimeError, type ModelRuntimeErrorCode } from './model-runtime.errors';
export type { ModelRun } from './batch.dispatcher';
export { type LoadedModel, openModel, type OpenOptions, type PredictOptions } from './loaded-model';
export type { ModelSignature, SignatureInput } from './model.signature';
export type { InputProblem } from './row.encoder';
export { readMetadata } from '@perennial/onnx-file';
export { checkModel } from './model.check';
