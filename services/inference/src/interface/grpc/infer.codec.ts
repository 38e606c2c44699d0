import { type InferResponseMessage, requestedModel } from '@perennial/open-inference';
import { Root } from 'protobufjs';
import { PROTO } from './inference.definition';

/** A ModelInferRequest that is read once its model is known to take rows, and may be asked. */
export interface UnreadInfer {
  model_name: string;
  bytes: Uint8Array;
}

export interface InferCodec {
  requestDeserialize(bytes: Buffer): UnreadInfer;
  responseSerialize(message: InferResponseMessage): Buffer;
}

/** ModelInfer's messages without the loader's copies of them, which fill in every field of every tensor. */
export function inferCodec(): InferCodec {
  const response = new Root().loadSync(PROTO, { keepCase: true }).lookupType('inference.ModelInferResponse');
  return {
    requestDeserialize: (bytes) => ({ model_name: requestedModel(bytes), bytes }),
    // Given as it must be: nothing is left to convert.
    responseSerialize: (message) => response.encode(message).finish() as Buffer,
  };
}
