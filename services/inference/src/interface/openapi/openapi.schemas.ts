import { DATATYPE_NAMES } from '@perennial/open-inference';

export type Schema = Readonly<Record<string, unknown>>;

export const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const text = (description?: string): Schema => ({ type: 'string', ...(description && { description }) });
const list = (items: Schema): Schema => ({ type: 'array', items });
const object = (properties: Record<string, Schema>, required: readonly string[] = Object.keys(properties)): Schema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required }),
});

const value: Schema = { type: ['string', 'number', 'boolean', 'null'] };
const row: Schema = { type: 'object', additionalProperties: value, description: 'Values by column; null is missing' };
const values: Schema = { ...list(value), description: 'In the order of the signature, see GET /model-info' };
const parameters: Schema = { type: 'object', additionalProperties: true };
const shape: Schema = { ...list({ type: 'integer', minimum: -1 }), description: '-1 is any number of rows' };
const tensorMetadata = object({ name: text(), datatype: ref('Datatype'), shape });
const count: Schema = { type: 'integer', minimum: 0 };
const config = list(object({ name: text(), data_type: text(), dims: list({ type: 'integer' }) }));

const documented: Record<string, Schema> = {
  Features: {
    ...object(
      {
        categorical_features: { oneOf: [values, row], description: 'Columns of type string' },
        numerical_features: { oneOf: [values, row], description: 'All other columns' },
        entities: { ...row, description: 'Whose features are looked up, where the pipeline declares it' },
        model: text('Name of the pipeline, where several are declared'),
      },
      [],
    ),
    anyOf: ['categorical_features', 'numerical_features', 'entities'].map((name) => ({ required: [name] })),
  },
  Instances: object({ instances: { ...list({ oneOf: [row, values] }), minItems: 1 }, model: text() }, ['instances']),
  Records: object({ dataframe_records: { ...list(row), minItems: 1 }, model: text() }, ['dataframe_records']),
  Split: object(
    {
      dataframe_split: object({ columns: list(text()), data: list(list(value)), index: list({}) }, ['columns', 'data']),
      model: text(),
    },
    ['dataframe_split'],
  ),
  Inputs: object(
    {
      inputs: { oneOf: [list(row), { type: 'object', additionalProperties: list(value) }] },
      model: text(),
    },
    ['inputs'],
  ),
  Prediction: object(
    {
      prediction: { type: 'integer', enum: [0, 1] },
      probability: { type: 'number', minimum: 0, maximum: 1, description: 'Of the positive class' },
      model_version: text(),
      model: text(),
      arm: text('Of the traffic: which version answered'),
      prediction_id: text('Labels that arrive later are joined by it'),
      cached: { type: 'boolean', description: 'The version has answered the same row before; only where true' },
      enrichment: ref('Enrichment'),
    },
    ['prediction', 'probability', 'model_version', 'prediction_id'],
  ),
  Enrichment: {
    ...object(
      {
        age_seconds: {
          type: 'object',
          additionalProperties: { type: ['number', 'null'], minimum: 0 },
          description: 'By column that was looked up; null where its source tells no time',
        },
        stale: list(text()),
        missing: list(text('A default or null stands for it')),
        views: list(text('VIEW@vVERSION')),
      },
      ['age_seconds', 'views'],
    ),
    description: 'What was looked up; only where something was',
  },
  Predictions: object({ predictions: list(ref('Prediction')) }),
  Failure: object({
    error: object(
      {
        code: text('Stable; made for programs'),
        message: text('Names the input, what was expected and what came'),
        details: { type: 'object', additionalProperties: true },
      },
      ['code', 'message'],
    ),
  }),
  Health: object({
    status: { type: 'string', enum: ['ok', 'waiting-for-model'] },
    replica: text(),
    models: list(ref('ModelState')),
    grpc: { type: ['string', 'null'], description: 'host:port of the gRPC server' },
  }),
  ModelState: object({
    pipeline: text(),
    version: { type: ['string', 'null'] },
    state: text(),
    sequence: { type: ['integer', 'null'] },
    error: { type: ['string', 'null'] },
  }),
  ModelInfo: object({
    model: text(),
    version: text(),
    digest: text(),
    signature: object({ inputs: list(object({ name: text(), type: text() })) }),
    features: object({ categorical: list(text()), numerical: list(text()) }),
    threshold: { type: 'number', description: 'A probability at or above it is prediction 1' },
    rollout: { type: 'object', additionalProperties: true },
    loaded_at: { type: 'string', format: 'date-time' },
  }),
  Reloaded: object({ version: { type: ['string', 'null'] }, models: list(ref('ModelState')) }),
};

const openInference: Record<string, Schema> = {
  Datatype: { type: 'string', enum: DATATYPE_NAMES },
  ServerMetadata: object({ name: text(), version: text(), extensions: list(text()) }),
  ServerLive: object({ live: { type: 'boolean' } }),
  ServerReady: object({ ready: { type: 'boolean' }, live: { type: 'boolean' } }),
  ModelNames: object({ models: list(text()) }),
  ModelReady: object({ name: text(), ready: { type: 'boolean' } }),
  ModelMetadata: object({
    name: text(),
    versions: list(text()),
    platform: text(),
    inputs: list(tensorMetadata),
    outputs: list(tensorMetadata),
  }),
  InferRequest: object(
    {
      id: text('Echoed'),
      parameters: {
        ...parameters,
        description: 'entity_key: whom the request is about, before the header x-entity-key',
      },
      inputs: { ...list(ref('InferInput')), minItems: 1 },
      outputs: list(ref('InferOutputRequest')),
    },
    ['inputs'],
  ),
  InferInput: object(
    {
      name: text('A column of the model'),
      datatype: ref('Datatype'),
      shape: { ...list({ type: 'integer', minimum: 1 }), minItems: 1, maxItems: 2, description: '[rows] or [rows, 1]' },
      parameters,
      data: {
        type: 'array',
        items: {},
        description:
          'Flat, or nested as the shape; null is missing. Left out where parameters.binary_data_size says how many bytes stand behind the JSON.',
      },
    },
    ['name', 'datatype', 'shape'],
  ),
  InferOutputRequest: object({ name: text('probability, prediction or prediction_id'), parameters }, ['name']),
  InferResponse: object(
    {
      ...{ model_name: text(), model_version: text(), id: text() },
      parameters: {
        ...parameters,
        description:
          'arm; prediction_ids, a JSON list, where that output was not asked for; cached_rows and enrichment, where there are',
      },
      outputs: list(ref('InferOutput')),
    },
    ['model_name', 'model_version', 'outputs'],
  ),
  InferOutput: object(
    { name: text(), datatype: ref('Datatype'), shape: list(count), parameters, data: { type: 'array', items: {} } },
    ['name', 'datatype', 'shape'],
  ),
  ModelConfig: object({
    name: text(),
    platform: text(),
    backend: text(),
    max_batch_size: count,
    input: config,
    output: config,
    instance_group: list({ type: 'object', additionalProperties: true }),
    default_model_filename: text(),
    dynamic_batching: { type: 'object' },
    parameters,
  }),
  Statistics: object({ model_stats: list(ref('ModelStatistics')) }),
  Duration: object({ count, ns: count }),
  ModelStatistics: object({
    name: text(),
    version: text(),
    last_inference: { ...count, description: 'Milliseconds since 1970; 0 is never' },
    inference_count: { ...count, description: 'Rows' },
    execution_count: { ...count, description: 'Requests' },
    inference_stats: { type: 'object', additionalProperties: ref('Duration') },
    batch_stats: list({ type: 'object' }),
  }),
  RepositoryIndex: list(
    object(
      {
        name: text(),
        version: text(),
        state: { type: 'string', enum: ['READY', 'LOADING', 'UNAVAILABLE'] },
        reason: text(),
      },
      ['name', 'state', 'reason'],
    ),
  ),
  Nothing: { type: 'object', maxProperties: 0 },
  OpenInferenceFailure: object({ error: text('Names the input, what was expected and what came') }),
};

export const schemas: Readonly<Record<string, Schema>> = { ...documented, ...openInference };
