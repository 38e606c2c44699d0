import {
  decodeInferRequest,
  type InferRequestMessage,
  readInferMessage,
  writeInferMessage,
} from '@perennial/open-inference';
import { ServiceError } from '@perennial/service';
import type { CallOptions } from '../../application/model.slot';
import type { OpenInferenceService } from '../open-inference/open-inference.service';
import type { RepositoryService } from '../open-inference/repository.service';
import type { UnreadInfer } from './infer.codec';

interface ModelRequest {
  name: string;
  version: string;
}

interface RepositoryRequest {
  repository_name: string;
  model_name: string;
  ready: boolean;
  parameters: Record<string, unknown>;
}

/** KServe's client numbers its fields differently: the model's name arrives as that of the repository. */
const modelName = ({ repository_name, model_name }: RepositoryRequest): string => model_name || repository_name;

export type InferenceCalls = ReturnType<typeof inferenceCalls>;

/** Throws INVALID_INPUT where the bytes are no message, or one for another model than was looked for in them before. */
function readMessage({ model_name, bytes }: UnreadInfer): InferRequestMessage {
  let reason = 'its fields disagree about model_name';
  try {
    const message = decodeInferRequest(bytes);
    if (message.model_name === model_name) return message;
  } catch (error) {
    reason = (error as Error).message;
  }
  const rule = `must be a ModelInferRequest: ${reason}`;
  throw new ServiceError('INVALID_INPUT', 400, `message ${rule}`, { input: 'message', value: bytes.byteLength, rule });
}

/** The calls of the service by name, each from a message to a message. */
export function inferenceCalls(inference: OpenInferenceService, repository: RepositoryService) {
  const infer = async (message: InferRequestMessage, options: CallOptions) => {
    const call = readInferMessage(message, inference.limits);
    return writeInferMessage(call, await inference.infer(message.model_name, message.model_version, call, options));
  };
  return {
    ServerLive: () => ({ live: true }),
    ServerReady: async () => ({ ready: await inference.serverReady() }),
    ServerMetadata: () => inference.serverMetadata(),
    ModelReady: ({ name, version }: ModelRequest) => ({ ready: inference.modelReady(name, version) }),
    ModelMetadata: ({ name, version }: ModelRequest) => inference.modelMetadata(name, version),
    ModelConfig: ({ name, version }: ModelRequest) => ({ config: inference.modelConfig(name, version) }),
    ModelStatistics: ({ name, version }: ModelRequest) => inference.statistics(name, version),
    /** Not read while its rows would find no place. */
    ModelInfer: (request: UnreadInfer, options: CallOptions) => {
      inference.requirePlace(request.model_name);
      return infer(readMessage(request), options);
    },
    /** Each message of ModelStreamInfer. */
    infer,
    RepositoryIndex: ({ ready }: RepositoryRequest) => ({ models: repository.index(ready) }),
    RepositoryModelLoad: async (request: RepositoryRequest) => {
      await repository.load(modelName(request), request.parameters);
      return {};
    },
    RepositoryModelUnload: (request: RepositoryRequest) => {
      repository.unload(modelName(request));
      return {};
    },
  };
}
