import { type InferRequestMessage, readInferMessage, writeInferMessage } from '@perennial/open-inference';
import type { CallOptions } from '../../application/model.slot';
import type { OpenInferenceService } from '../open-inference/open-inference.service';
import type { RepositoryService } from '../open-inference/repository.service';

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
    ModelInfer: infer,
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
