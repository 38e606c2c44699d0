import { ref, type Schema, schemas } from './openapi.schemas';

type Method = 'get' | 'post';

interface Operation {
  id: string;
  summary: string;
  answer: string;
  /** One of them is the body. */
  body?: readonly string[];
  /** A body may carry binary tensors. */
  binary?: boolean;
  query?: readonly string[];
  /** Statuses beside 200. */
  failures?: readonly number[];
}

const REASONS: Readonly<Record<number, string>> = {
  400: 'The request is malformed or does not fit the model',
  404: 'There is no such model or version',
  409: 'The model could not be loaded',
  413: 'The body is too large, or has too many rows',
  415: 'The content type or encoding is not taken',
  422: 'Looked-up features are missing or stale, or the model of the registry does not fit',
  429: 'Too many rows wait for the model; see Retry-After',
  502: 'The registry of the model refuses, or gives what cannot be used',
  503: 'Nothing serves that could answer; see Retry-After',
  504: 'The deadline passed while the request waited',
};

const LOAD = [400, 404, 409, 422, 502, 503];
const PREDICT = [400, 404, 413, 415, 422, 429, 503, 504];
const json = (schema: Schema) => ({ 'application/json': { schema } });
const BINARY = { type: 'string', format: 'binary', description: 'JSON, then the binary tensors' };

function operation(path: string, tag: string, failure: string, given: Operation) {
  const { id, summary, answer, body, binary, query = [], failures = [] } = given;
  const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => parameter(name as string, 'path'));
  const length = binary ? [{ ...parameter(HEADER, 'header'), schema: { type: 'integer', minimum: 0 } }] : [];
  const octets = binary ? { 'application/octet-stream': { schema: BINARY } } : {};
  const said = failures === PREDICT ? CALL_HEADERS : [];
  const [only] = body ?? [];
  const schema = body?.length === 1 ? ref(only as string) : { oneOf: body?.map(ref) };
  return {
    operationId: id,
    summary,
    tags: [tag],
    parameters: [...inPath, ...query.map((name) => parameter(name, 'query')), ...length, ...said],
    ...(body && { requestBody: { required: true, content: { ...json(schema), ...octets } } }),
    responses: {
      200: { description: 'Answered', content: { ...json(ref(answer)), ...octets } },
      ...Object.fromEntries(
        failures.map((code) => [code, { description: REASONS[code], content: json(ref(failure)) }]),
      ),
    },
  };
}

const HEADER = 'Inference-Header-Content-Length';

const CALL_HEADERS = [
  {
    ...{ name: 'x-request-timeout-ms', in: 'header', required: false },
    description: 'Milliseconds after which nobody waits for the answer any more',
    schema: { type: 'number', exclusiveMinimum: 0 },
  },
  {
    ...{ name: 'x-entity-key', in: 'header', required: false },
    description: 'Whom the request is about: the same entity is answered by the same arm',
    schema: { type: 'string' },
  },
];

const parameter = (name: string, where: 'path' | 'query' | 'header') => ({
  name,
  in: where,
  required: where === 'path',
  schema: { type: 'string' },
});

const ROWS = ['Features', 'Instances', 'Records', 'Split', 'Inputs'];

/** The documented API. */
function documentedPaths(): [string, Method, Operation][] {
  const predict = (path: string, id: string, summary: string): [string, Method, Operation][] =>
    [path, `${path}/{pipeline}`].map((each, index) => [
      each,
      'post',
      { id: index === 0 ? id : `${id}Of`, summary, answer: 'PredictResult', body: ROWS, failures: PREDICT },
    ]);
  return [
    ['/health', 'get', { id: 'health', summary: 'What this replica serves', answer: 'Health' }],
    [
      '/model-info',
      'get',
      {
        id: 'modelInfo',
        summary: 'The version that answers',
        answer: 'ModelInfo',
        query: ['model'],
        failures: [400, 404, 503],
      },
    ],
    [
      '/reload-model',
      'post',
      {
        id: 'reloadModel',
        summary: 'Reads again what is to be served',
        answer: 'Reloaded',
        query: ['model'],
        failures: [400, 404, 422, 502, 503],
      },
    ],
    ...predict('/predict', 'predict', 'Predicts one row by its features, or any number of rows'),
    ...predict('/invoke', 'invoke', 'The same'),
    ...predict('/invocations', 'invocations', 'The same, under the name of MLflow’s scoring servers'),
  ];
}

/** The Open Inference Protocol with Triton's extensions. */
function openInferencePaths(): [string, Method, Operation][] {
  const known = [404, 503];
  const ofModel = (path: string, suffix: string): [string, Method, Operation][] => [
    [
      path,
      'get',
      { id: `modelMetadata${suffix}`, summary: 'Inputs and outputs', answer: 'ModelMetadata', failures: known },
    ],
    [
      `${path}/ready`,
      'get',
      { id: `modelReady${suffix}`, summary: 'Whether it answers', answer: 'ModelReady', failures: [404] },
    ],
    [
      `${path}/infer`,
      'post',
      {
        id: `modelInfer${suffix}`,
        summary: 'Predicts',
        answer: 'InferResponse',
        body: ['InferRequest'],
        binary: true,
        failures: PREDICT,
      },
    ],
    [
      `${path}/config`,
      'get',
      {
        id: `modelConfig${suffix}`,
        summary: 'Configuration, in Triton’s terms',
        answer: 'ModelConfig',
        failures: known,
      },
    ],
    [
      `${path}/stats`,
      'get',
      {
        id: `modelStatistics${suffix}`,
        summary: 'What it answered since the start',
        answer: 'Statistics',
        failures: known,
      },
    ],
  ];
  return [
    ['/v2', 'get', { id: 'serverMetadata', summary: 'Name, version and extensions', answer: 'ServerMetadata' }],
    ['/v2/health/live', 'get', { id: 'serverLive', summary: 'Whether the process answers', answer: 'ServerLive' }],
    [
      '/v2/health/ready',
      'get',
      { id: 'serverReady', summary: 'Whether a model answers; 503 where none does', answer: 'ServerReady' },
    ],
    ['/v2/models', 'get', { id: 'models', summary: 'Names of the models', answer: 'ModelNames' }],
    ['/v2/models/stats', 'get', { id: 'statistics', summary: 'Of all models', answer: 'Statistics' }],
    ...ofModel('/v2/models/{model}', ''),
    ...ofModel('/v2/models/{model}/versions/{version}', 'Version'),
    [
      '/v2/repository/index',
      'post',
      { id: 'repositoryIndex', summary: 'What there is to serve', answer: 'RepositoryIndex', failures: [400] },
    ],
    [
      '/v2/repository/models/{model}/load',
      'post',
      { id: 'repositoryLoad', summary: 'Loads what is to be served', answer: 'Nothing', failures: LOAD },
    ],
    [
      '/v2/repository/models/{model}/unload',
      'post',
      {
        id: 'repositoryUnload',
        summary: 'Takes it out of service on this replica',
        answer: 'Nothing',
        failures: [404],
      },
    ],
  ];
}

/** OpenAPI 3.1 of everything that answers predictions. */
export function openApiDocument() {
  const paths: Record<string, Partial<Record<Method, unknown>>> = {};
  const add = (tag: string, failure: string, all: [string, Method, Operation][]) =>
    all.forEach(([path, method, given]) => {
      paths[path] = { ...paths[path], [method]: operation(path, tag, failure, given) };
    });
  add('predictions', 'Failure', documentedPaths());
  add('open inference', 'OpenInferenceFailure', openInferencePaths());
  return {
    openapi: '3.1.0',
    info: {
      title: 'Perennial inference',
      version: '0.1.0',
      description: 'Predictions, and the Open Inference Protocol v2 with Triton’s extensions.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: 'http://127.0.0.1:8080' }],
    tags: [{ name: 'predictions' }, { name: 'open inference' }],
    paths,
    components: {
      schemas: {
        ...schemas,
        PredictResult: {
          description: 'One prediction for features, a list for rows',
          oneOf: [ref('Prediction'), ref('Predictions')],
        },
      },
    },
  };
}

/** As it is published in docs. */
export const openApiText = (): string => `${JSON.stringify(openApiDocument(), null, 2)}\n`;
