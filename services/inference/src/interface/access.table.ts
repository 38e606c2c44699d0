import type { AccessTable, RouteNeed } from '@perennial/service';

/** In the order in which the handlers look. A model is a pipeline. */
const predict: RouteNeed = { scope: 'predict', of: ['params:pipeline', 'body:model'] };
const inPath = ['params:model', 'params:name', 'params:pipeline'] as const;

export const inferenceAccess: AccessTable = {
  'POST /predict': predict,
  'POST /invoke': predict,
  'POST /invocations': predict,
  'GET /model-info': { scope: 'models:read', of: ['query:model'] },
  'POST /reload-model': { scope: 'models:write', of: ['query:model', 'body:model'] },
  'GET /api/v1/predictions': { scope: 'data:read', of: ['query:pipeline'] },
  'POST /api/v1/labels': { scope: 'labels' },
  'GET /v2': { scope: 'predict' },
  'GET /v2/health': 'open',
  'GET /v2/models': { scope: 'predict', of: inPath },
  'POST /v2/models': { scope: 'predict', of: inPath },
  'POST /v2/repository/index': { scope: 'models:read' },
  'POST /v2/repository/models': { scope: 'models:write', of: inPath },
  'GET /openapi.json': 'open',
};

const ofModel = (...places: readonly `body:${string}`[]): RouteNeed => ({ scope: 'predict', of: places });
const service = 'GRPC /inference.GRPCInferenceService';

/** The same for gRPC, where the method is the path; methods that are not here need `admin`. */
export const inferenceMethods: AccessTable = {
  [`${service}/ServerLive`]: 'open',
  [`${service}/ServerReady`]: 'open',
  [`${service}/ServerMetadata`]: { scope: 'predict' },
  [`${service}/ModelReady`]: ofModel('body:name'),
  [`${service}/ModelMetadata`]: ofModel('body:name'),
  [`${service}/ModelInfer`]: ofModel('body:model_name'),
  [`${service}/ModelStreamInfer`]: ofModel('body:model_name'),
  [`${service}/ModelConfig`]: { scope: 'models:read', of: ['body:name'] },
  [`${service}/ModelStatistics`]: { scope: 'models:read', of: ['body:name'] },
  [`${service}/RepositoryIndex`]: { scope: 'models:read' },
  [`${service}/RepositoryModelLoad`]: { scope: 'models:write', of: ['body:model_name'] },
  [`${service}/RepositoryModelUnload`]: { scope: 'models:write', of: ['body:model_name'] },
  'GRPC /grpc.health.v1.Health': 'open',
  'GRPC /grpc.reflection.v1.ServerReflection': { scope: 'predict' },
  'GRPC /grpc.reflection.v1alpha.ServerReflection': { scope: 'predict' },
};
