import { decodeInferRequest, type InferRequestMessage, type InferResponseMessage } from '@perennial/open-inference';
import { Root } from 'protobufjs';
import { PROTO } from './inference.definition';

export interface InferCodec {
  requestDeserialize(bytes: Buffer): InferRequestMessage;
  responseSerialize(message: InferResponseMessage): Buffer;
}

/**
 * ModelInfer's messages without the loader's copies of them, which fill in every field of every tensor. Throws what is
 * malformed, as the loader does.
 */
export function inferCodec(): InferCodec {
  const response = new Root().loadSync(PROTO, { keepCase: true }).lookupType('inference.ModelInferResponse');
  return {
    requestDeserialize: decodeInferRequest,
    // Given as it must be: nothing is left to convert.
    responseSerialize: (message) => response.encode(message).finish() as Buffer,
  };
}
