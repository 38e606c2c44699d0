import { status } from '@grpc/grpc-js';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { openApiDocument } from './interface/openapi/openapi.document';
import { credit } from './testing/artifact.examples';
import { type GrpcClient, grpcClient } from './testing/grpc.client';
import { serveCreditModel, type ServedModel, VERSION } from './testing/served.model';

const BODY_LIMIT = 20_000;
const MAX_ROWS = 50;
const NUMBERS = ['limit_bal', 'age', 'approved_on'];
const TEXTS = ['sex', 'education'];
const [first] = credit.rows;
const features = {
  categorical_features: TEXTS.map((name) => first?.[name]),
  numerical_features: NUMBERS.map((name) => first?.[name]),
};

let served: ServedModel;
let client: GrpcClient;

beforeAll(async () => {
  const limits = { INFERENCE_MAX_ROWS: String(MAX_ROWS), HTTP_BODY_LIMIT_BYTES: String(BODY_LIMIT) };
  served = await serveCreditModel(limits);
  client = grpcClient(served.grpc);
}, 120_000);

afterAll(async () => {
  client?.close();
  await served?.close();
}, 60_000);

/** `:model` and `:strict` in a path stand for the pipelines. */
const at = (path: string) =>
  `${served.service.url}${path.replace(':model', served.model).replace(':strict', served.strict)}`;

async function send(path: string, body?: unknown, headers: Record<string, string> = {}) {
  const raw = typeof body === 'string' || Buffer.isBuffer(body);
  const text = raw ? (body as string) : JSON.stringify(body);
  const type: Record<string, string> = path.startsWith('/v2') ? {} : { 'content-type': 'application/json' };
  const init = body === undefined ? {} : { method: 'POST', body: text, headers: { ...type, ...headers } };
  const response = await fetch(at(path), init);
  return {
    status: response.status,
    headers: response.headers,
    body: (await response.json()) as Record<string, unknown>,
  };
}

const tensor = (name: string, rows = credit.rows) => ({
  name,
  shape: [rows.length, 1],
  datatype: TEXTS.includes(name) ? 'BYTES' : 'FP32',
  data: rows.map((row) => row[name] ?? null),
});
const tensors = (rows = credit.rows) => [...NUMBERS, ...TEXTS].map((name) => tensor(name, rows));
/** A good request but for one input. */
const withInput = (name: string, changes: object) => ({
  inputs: tensors().map((input) => (input.name === name ? { ...input, ...changes } : input)),
});
const without = (name: string) => ({ inputs: tensors().filter((input) => input.name !== name) });
const many = Array.from({ length: MAX_ROWS + 1 }, () => first!);
const INFER = '/v2/models/:model/infer';

describe('the documented API', () => {
  const table = {
    columns: [...NUMBERS, ...TEXTS],
    data: credit.rows.map((row) => [...NUMBERS, ...TEXTS].map((name) => row[name])),
  };
  const byColumn = Object.fromEntries(table.columns.map((name) => [name, credit.rows.map((row) => row[name])]));

  it.each<[string, object]>([
    ['instances', { instances: credit.rows }],
    ['instances as lists', { instances: table.data }],
    ['dataframe_records', { dataframe_records: credit.rows }],
    ['dataframe_split', { dataframe_split: table }],
    ['inputs by column', { inputs: byColumn }],
    ['inputs as rows', { inputs: credit.rows, params: {} }],
  ])('answers rows as %s', async (_, body) => {
    for (const path of ['/predict/:model', '/invoke/:model', '/invocations/:model']) {
      const { predictions } = (await send(path, body)).body as { predictions: { probability: number }[] };
      predictions.forEach(({ probability }, row) => expect(probability).toBeCloseTo(credit.probabilities[row]!, 5));
      expect(predictions).toHaveLength(credit.rows.length);
    }
  });

  it('answers one row by lists and by names alike', async () => {
    const named = {
      categorical_features: Object.fromEntries(TEXTS.map((name) => [name, first?.[name]])),
      numerical_features: Object.fromEntries(NUMBERS.map((name) => [name, first?.[name]])),
    };
    for (const body of [features, named]) {
      const answer = (await send('/predict', { ...body, model: served.model })).body;
      expect(answer).toMatchObject({ model_version: VERSION, prediction_id: expect.any(String) });
      expect(answer.probability).toBeCloseTo(credit.probabilities[0]!, 5);
    }
    expect((await send(`/model-info?model=${served.model}`)).body.features).toEqual({
      ...{ categorical: TEXTS, numerical: NUMBERS },
    });
  });

  it.each<[string, unknown, number, RegExp]>([
    ['no JSON', '{"instances":', 400, /JSON/],
    ['nothing', '', 400, /body/i],
    ['a list', [], 400, /body must be an object with .*; got \[\]/],
    ['no rows', {}, 400, /body must hold the rows, in one form of .*; got \[\]/],
    ['two forms', { ...features, instances: credit.rows }, 400, /body must hold the rows in one form/],
    ['parameters', { ...features, params: { a: 1 } }, 400, /params must be left out or empty.*; got \{"a":1\}/],
    [
      'too few features',
      { ...features, numerical_features: [1] },
      400,
      /numerical_features must have 3 values \(limit_bal, age, approved_on\), has 1; got 1/,
    ],
    [
      'a column that there is not',
      { ...features, categorical_features: { gender: '1' } },
      400,
      /categorical_features must name columns of sex, education; got "gender"/,
    ],
    [
      'a column missing by name',
      { ...features, categorical_features: { sex: '1' } },
      400,
      /education must be given in categorical_features/,
    ],
    [
      'features of another kind',
      { ...features, categorical_features: 7 },
      400,
      /categorical_features must be a list, or an object by name; got 7/,
    ],
    ['no instances', { instances: [] }, 400, /instances must be a list of at least one row; got \[\]/],
    [
      'an instance of another kind',
      { instances: [first, 3] },
      400,
      /instances\[1\] must be an object of column values.*; got 3/,
    ],
    ['an instance too short', { instances: [[1]] }, 400, /instances\[0\] must have 5 values .*; got 1/],
    [
      'a column missing',
      { instances: [{ ...first, age: undefined }] },
      400,
      /age must be given; null where the value is not known/,
    ],
    [
      'a text for a number',
      { instances: [{ ...first, age: 'old' }] },
      400,
      /age must be an integer or null; got "old"/,
    ],
    [
      'a fraction for an integer',
      { instances: [{ ...first, age: 1.5 }] },
      400,
      /age must be an integer or null; got 1\.5/,
    ],
    [
      'no day',
      { instances: [{ ...first, approved_on: '2026-02-30' }] },
      400,
      /approved_on must be a day .*; got "2026-02-30"/,
    ],
    [
      'a number beyond float32',
      { instances: [{ ...first, limit_bal: 1e300 }] },
      400,
      /limit_bal must lie within .*; got 1e\+300/,
    ],
    ['NaN', '{"instances":[{"age":NaN}]}', 400, /JSON/],
    [
      'a split table without columns',
      { dataframe_split: { data: [[1]] } },
      400,
      /dataframe_split must be an object with columns/,
    ],
    [
      'a split row too short',
      { dataframe_split: { columns: ['age', 'sex'], data: [[1]] } },
      400,
      /dataframe_split\.data\[0\] must be a list of 2 values.*; got 1/,
    ],
    [
      'columns of different lengths',
      { inputs: { age: [1, 2], sex: ['1'] } },
      400,
      /sex must have 2 values, as age has; got 1/,
    ],
    ['too many rows', { instances: many }, 413, /At most 50 rows in one call; got 51/],
    ['too long a body', { instances: [{ text: 'x'.repeat(BODY_LIMIT) }] }, 413, /body/i],
  ])('refuses %s', async (_, body, code, message) => {
    expect(await send('/predict/:model', body)).toMatchObject({
      status: code,
      body: { error: { message: expect.stringMatching(message) } },
    });
  });

  it.each<[string, object, number, RegExp]>([
    ['an unknown model', { ...features, model: 'fraud' }, 404, /model fraud: must be one of/],
    ['no model among several', features, 400, /model is missing: it must name one of/],
  ])('refuses %s', async (_, body, code, message) => {
    expect(await send('/predict', body)).toMatchObject({
      status: code,
      body: { error: { message: expect.stringMatching(message) } },
    });
  });

  it('refuses a category that the model does not know, where the pipeline says so', async () => {
    const unseen = { instances: [first, { ...first, education: '9' }] };
    expect(await send('/predict/:strict', unseen)).toMatchObject({
      status: 400,
      body: {
        error: {
          code: 'UNKNOWN_CATEGORY',
          message: 'Row 1: education must be a known category: 1, 2, 3, 4; got "9"',
          details: { input: 'education', value: '9', row: 1 },
        },
      },
    });
    expect((await send('/predict/:model', unseen)).status).toBe(200);
    const missing = { instances: [{ ...first, education: null, sex: 1 }] };
    expect((await send('/predict/:strict', missing)).status).toBe(200);
  });
});

describe('the Open Inference Protocol over REST', () => {
  it('answers what was asked for, in any shape of data', async () => {
    const nested = tensors().map((input) => ({ ...input, data: input.data.map((value) => [value]) }));
    const outputs = [{ name: 'prediction' }, { name: 'probability' }];
    const paths = [INFER, `/v2/models/:model/versions/${VERSION}/infer`];
    for (const [index, inputs] of [tensors(), nested].entries()) {
      const { body, headers } = await send(paths[index]!, { id: 'q', inputs, outputs });
      expect(headers.get('content-type')).toBe('application/json');
      expect(body).toMatchObject({
        ...{ model_name: served.model, model_version: VERSION, id: 'q' },
        outputs: [
          { name: 'prediction', datatype: 'INT64', shape: [3, 1] },
          { name: 'probability', datatype: 'FP32', shape: [3, 1] },
        ],
      });
      const [, probability] = body.outputs as { data: number[] }[];
      probability?.data.forEach((value, row) => expect(value).toBeCloseTo(credit.probabilities[row]!, 5));
    }
  });

  it.each<[string, string, unknown, number, RegExp, Record<string, string>?]>([
    ['no JSON', INFER, '{', 400, /^body must be JSON .*; got "\{"/],
    ['NaN', INFER, '{"inputs":[NaN]}', 400, /^body must be JSON .*a missing value is null/],
    ['nothing', INFER, '', 400, /^body must be JSON/],
    ['no UTF-8', INFER, Buffer.from([0x22, 0xff, 0x22]), 400, /JSON in UTF-8/],
    ['a list', INFER, [], 400, /^body must be an object with inputs/],
    ['an unknown path', '/v2/models/:model/explain', {}, 404, /^POST .*\/explain is no path/],
    ['an unknown model', '/v2/models/fraud/infer', { inputs: tensors() }, 404, /^model fraud: must be one of/],
    [
      'an unknown version',
      '/v2/models/:model/versions/7/infer',
      { inputs: tensors() },
      404,
      /^version 7 of .* must be 2026/,
    ],
    ['no inputs', INFER, {}, 400, /^inputs must be a list of tensors; got nothing/],
    ['an input missing', INFER, without('age'), 400, /^age must be given: the inputs are .*; got nothing/],
    [
      'an unknown input',
      INFER,
      { inputs: [...tensors(), { ...tensor('age'), name: 'x' }] },
      400,
      /^x must be one of the inputs/,
    ],
    ['an input twice', INFER, { inputs: [...tensors(), tensor('age')] }, 400, /^age must be given once/],
    [
      'an unknown datatype',
      INFER,
      withInput('age', { datatype: 'FLOAT' }),
      400,
      /^age must have a datatype.*; got "FLOAT"/,
    ],
    [
      'a wrong datatype',
      INFER,
      withInput('age', { datatype: 'BYTES', data: ['1', '2', '3'] }),
      400,
      /^age must be of a datatype that fits .*; got "BYTES"/,
    ],
    ['a wrong shape', INFER, withInput('age', { shape: [1, 3] }), 400, /^age must be of shape .*; got \[1,3\]/],
    [
      'other rows',
      INFER,
      withInput('age', { shape: [2, 1], data: [1, 2] }),
      400,
      /^age must have 3 rows as the first input; got \[2,1\]/,
    ],
    ['too few values', INFER, withInput('age', { data: [1] }), 400, /^age must have 3 values as its shape says; got 1/],
    [
      'a wrong value',
      INFER,
      withInput('age', { data: [1, 'old', 3] }),
      400,
      /^age: value 1 must be a finite number .*; got "old"/,
    ],
    [
      'a fraction for an integer',
      INFER,
      withInput('age', { data: [1, 2.5, 3] }),
      400,
      /age must be an integer or null; got 2\.5/,
    ],
    [
      'an unknown output',
      INFER,
      { inputs: tensors(), outputs: [{ name: 'logit' }] },
      400,
      /^outputs must be among .*; got "logit"/,
    ],
    [
      'a classification',
      INFER,
      { inputs: tensors(), outputs: [{ name: 'probability', parameters: { classification: 2 } }] },
      400,
      /classification, which is not supported/,
    ],
    ['a wrong id', INFER, { inputs: tensors(), id: 7 }, 400, /^id must be a text; got 7/],
    ['too many rows', INFER, { inputs: tensors(many) }, 413, /must have at most 50 rows; got 51/],
    [
      'too long a body',
      INFER,
      'x'.repeat(BODY_LIMIT + 1),
      413,
      /^body must have at most 20000 bytes, decoded; got 20001/,
    ],
    [
      'a wrong header length',
      INFER,
      { inputs: [] },
      400,
      /^Inference-Header-Content-Length .*; got "9999"/,
      { 'inference-header-content-length': '9999' },
    ],
    [
      'a binary size beyond the body',
      INFER,
      withInput('age', { data: undefined, parameters: { binary_data_size: 12 } }),
      400,
      /^age must have a binary_data_size of at most 0.*; got 12/,
    ],
    [
      'an unknown encoding',
      INFER,
      '{}',
      415,
      /^Content-Encoding br must be gzip or deflate/,
      { 'content-encoding': 'br' },
    ],
    ['no gzip', INFER, '{}', 400, /^body must be gzip, as Content-Encoding says/, { 'content-encoding': 'gzip' }],
    [
      'an unknown category',
      '/v2/models/:strict/infer',
      { inputs: tensors() },
      400,
      /^Row 2: sex must be a known category: 1, 2; got "9"/,
    ],
    [
      'what waited too long',
      INFER,
      { inputs: tensors() },
      504,
      /beyond its deadline/,
      { 'x-request-timeout-ms': '1e-6' },
    ],
    [
      'a deadline that is none',
      INFER,
      { inputs: tensors() },
      400,
      /^x-request-timeout-ms must be milliseconds above 0/,
      { 'x-request-timeout-ms': 'soon' },
    ],
    ['an index of something else', '/v2/repository/index', '7', 400, /^body must be a JSON object; got 7/],
    ['a load of an unknown model', '/v2/repository/models/fraud/load', {}, 404, /^model fraud/],
    [
      'a load with a configuration',
      '/v2/repository/models/:model/load',
      { parameters: { config: '{}' } },
      400,
      /^parameter config must be left out/,
    ],
    ['an unload of an unknown model', '/v2/repository/models/fraud/unload', {}, 404, /^model fraud/],
    ['metadata of an unknown model', '/v2/models/fraud', undefined, 404, /^model fraud/],
    ['statistics of an unknown version', '/v2/models/:model/versions/7/stats', undefined, 404, /^version 7/],
    ['readiness of an unknown model', '/v2/models/fraud/ready', undefined, 404, /^model fraud/],
  ])('refuses %s', async (_, path, body, code, message, ...[headers]) => {
    const answer = await send(path, body, headers);
    expect(answer).toMatchObject({ status: code, body: { error: expect.stringMatching(message) } });
    expect(answer.headers.get('content-type')).toBe('application/json');
  });
});

describe('the statistics of a model', () => {
  it('are those of the metrics: runs, and what requests waited for them', async () => {
    await send(INFER, { inputs: tensors() });
    const { body } = await send('/v2/models/:model/stats');
    const [stats] = (body as { model_stats: Record<string, number & Record<string, { count: number; ns: number }>>[] })
      .model_stats;
    const { success, queue, compute_infer: computed } = stats!.inference_stats!;
    const metrics = await (await fetch(`${served.service.url}/metrics`)).text();
    const metric = (name: string) => {
      const values = [...metrics.matchAll(new RegExp(`^${name}\\{([^}]*)\\} (.*)$`, 'gm'))];
      const own = values.filter(([, labels]) => labels?.includes(`model="${served.model}"`));
      return own.reduce((sum, [, , value]) => sum + Number(value), 0);
    };
    expect(success!.count).toBe(metric('nv_inference_request_success'));
    expect(stats!.inference_count).toBe(metric('nv_inference_count'));
    expect([stats!.execution_count, computed!.count]).toEqual(Array(2).fill(metric('nv_inference_exec_count')));
    expect(queue!.count).toBe(success!.count);
    expect(computed!.ns).toBeGreaterThan(0);
    expect(success!.ns).toBeGreaterThan(queue!.ns);
  });
});

describe('the Open Inference Protocol over gRPC', () => {
  const FIELDS: Record<string, string> = { FP32: 'fp32_contents', BYTES: 'bytes_contents' };
  const message = (given: { inputs?: object[] } & Record<string, unknown>) => ({
    model_name: served.model,
    ...given,
    inputs: (given.inputs as ReturnType<typeof tensor>[] | undefined)?.map(({ data, ...input }) => ({
      ...input,
      contents: {
        [FIELDS[input.datatype] ?? 'int_contents']:
          input.datatype === 'BYTES'
            ? data?.map((value) => Buffer.from(String(value ?? '')))
            : data?.map((value) => value ?? NaN),
      },
    })),
  });

  it('does not compute what waited beyond the time that its client gives it', async () => {
    const request = message({ inputs: tensors() });
    const waiting = (milliseconds: string) =>
      client.ask('ModelInfer', request, { 'x-request-timeout-ms': milliseconds });
    await expect(waiting('60000')).resolves.toMatchObject({ model_name: served.model });
    await expect(waiting('1e-6')).rejects.toMatchObject({ code: status.DEADLINE_EXCEEDED });
    await expect(waiting('soon')).rejects.toMatchObject({ code: status.INVALID_ARGUMENT });
  });

  it.each<[string, string, () => object, status, RegExp]>([
    [
      'an unknown model',
      'ModelInfer',
      () => message({ inputs: tensors(), model_name: 'fraud' }),
      status.NOT_FOUND,
      /^model fraud: must be one of/,
    ],
    [
      'no model',
      'ModelInfer',
      () => message({ inputs: tensors(), model_name: '' }),
      status.NOT_FOUND,
      /^model must be named/,
    ],
    [
      'an unknown version',
      'ModelInfer',
      () => message({ inputs: tensors(), model_version: '7' }),
      status.NOT_FOUND,
      /^version 7/,
    ],
    ['no inputs', 'ModelInfer', () => message({}), status.INVALID_ARGUMENT, /^inputs must hold at least one/],
    ['an input missing', 'ModelInfer', () => message(without('age')), status.INVALID_ARGUMENT, /^age must be given/],
    [
      'an unknown input',
      'ModelInfer',
      () => message(withInput('age', { name: 'x' })),
      status.INVALID_ARGUMENT,
      /^x must be one of the inputs/,
    ],
    [
      'an unknown datatype',
      'ModelInfer',
      () => message(withInput('age', { datatype: 'FLOAT' })),
      status.INVALID_ARGUMENT,
      /^age must have a datatype/,
    ],
    [
      'a wrong datatype',
      'ModelInfer',
      () => message(withInput('age', { datatype: 'BYTES' })),
      status.INVALID_ARGUMENT,
      /^age must be of a datatype/,
    ],
    [
      'contents of another datatype',
      'ModelInfer',
      () => message(withInput('age', { datatype: 'INT64', data: [1, 2, 3] })),
      status.INVALID_ARGUMENT,
      /^age of INT64 must come in int64_contents; got "int_contents"/,
    ],
    [
      'a wrong shape',
      'ModelInfer',
      () => message(withInput('age', { shape: [1, 3] })),
      status.INVALID_ARGUMENT,
      /^age must be of shape/,
    ],
    [
      'too few values',
      'ModelInfer',
      () => message(withInput('age', { data: [1] })),
      status.INVALID_ARGUMENT,
      /^age must have 3 values/,
    ],
    [
      'an endless number',
      'ModelInfer',
      () => message(withInput('limit_bal', { data: [1, Infinity, 3] })),
      status.INVALID_ARGUMENT,
      /limit_bal must be a finite number or null; got "?Infinity/,
    ],
    [
      'a fraction for an integer',
      'ModelInfer',
      () => message(withInput('age', { data: [1, 2.5, 3] })),
      status.INVALID_ARGUMENT,
      /age must be an integer or null; got 2\.5/,
    ],
    [
      'an unknown output',
      'ModelInfer',
      () => message({ inputs: tensors(), outputs: [{ name: 'logit' }] }),
      status.INVALID_ARGUMENT,
      /^outputs must be among/,
    ],
    [
      'raw contents beside typed',
      'ModelInfer',
      () => ({ ...message({ inputs: tensors() }), raw_input_contents: tensors().map(() => Buffer.alloc(12)) }),
      status.INVALID_ARGUMENT,
      /exclude each other/,
    ],
    [
      'raw contents cut short',
      'ModelInfer',
      () => ({
        model_name: served.model,
        inputs: [{ name: 'age', datatype: 'FP32', shape: [3, 1] }],
        raw_input_contents: [Buffer.alloc(7)],
      }),
      status.INVALID_ARGUMENT,
      /^age must have 12 bytes of FP32.*; got 7/,
    ],
    [
      'too many rows',
      'ModelInfer',
      () => message({ inputs: tensors(many) }),
      status.INVALID_ARGUMENT,
      /at most 50 rows; got 51/,
    ],
    [
      'an unknown category',
      'ModelInfer',
      () => message({ inputs: tensors(), model_name: served.strict }),
      status.INVALID_ARGUMENT,
      /^Row 2: sex must be a known category: 1, 2; got "9"/,
    ],
    ['metadata of an unknown model', 'ModelMetadata', () => ({ name: 'fraud' }), status.NOT_FOUND, /^model fraud/],
    [
      'a configuration of an unknown version',
      'ModelConfig',
      () => ({ name: served.model, version: '7' }),
      status.NOT_FOUND,
      /^version 7/,
    ],
    ['statistics of an unknown model', 'ModelStatistics', () => ({ name: 'fraud' }), status.NOT_FOUND, /^model fraud/],
    [
      'a load of an unknown model',
      'RepositoryModelLoad',
      () => ({ model_name: 'fraud' }),
      status.NOT_FOUND,
      /^model fraud/,
    ],
    [
      'a load with a configuration',
      'RepositoryModelLoad',
      () => ({ model_name: served.model, parameters: { config: { string_param: '{}' } } }),
      status.INVALID_ARGUMENT,
      /^parameter config must be left out/,
    ],
  ])('refuses %s', async (_, method, request, code, details) => {
    await expect(client.ask(method, request())).rejects.toMatchObject({
      code,
      details: expect.stringMatching(details),
    });
  });
});

describe('the OpenAPI document', () => {
  it('is served', async () => expect((await send('/openapi.json')).body).toEqual(openApiDocument()));

  it('describes what is answered', async () => {
    const ajv = addFormats(new Ajv2020({ strict: false }));
    ajv.addSchema({ $id: 'doc', ...openApiDocument() });
    const asked: [string, string, unknown?][] = [
      ['/health', '/health'],
      ['/model-info', `/model-info?model=${served.model}`],
      ['/reload-model', '/reload-model', {}],
      ['/predict', '/predict', { ...features, model: served.model }],
      ['/predict/{pipeline}', '/predict/:model', { instances: credit.rows }],
      ['/v2', '/v2'],
      ['/v2/health/live', '/v2/health/live'],
      ['/v2/health/ready', '/v2/health/ready'],
      ['/v2/models', '/v2/models'],
      ['/v2/models/stats', '/v2/models/stats'],
      ['/v2/models/{model}', '/v2/models/:model'],
      ['/v2/models/{model}/ready', '/v2/models/:model/ready'],
      ['/v2/models/{model}/config', '/v2/models/:model/config'],
      ['/v2/models/{model}/stats', '/v2/models/:model/stats'],
      ['/v2/models/{model}/infer', INFER, { id: 'q', inputs: tensors() }],
      ['/v2/models/{model}/versions/{version}', `/v2/models/:model/versions/${VERSION}`],
      [
        '/v2/models/{model}/versions/{version}/infer',
        `/v2/models/:model/versions/${VERSION}/infer`,
        { inputs: tensors() },
      ],
      ['/v2/repository/index', '/v2/repository/index', {}],
      ['/v2/repository/models/{model}/unload', '/v2/repository/models/:model/unload', {}],
      ['/v2/repository/models/{model}/load', '/v2/repository/models/:model/load', {}],
    ];
    for (const [path, url, body] of asked) {
      const method = body === undefined ? 'get' : 'post';
      const pointer = `doc#/paths/${path.replaceAll('/', '~1').replaceAll('{', '%7B').replaceAll('}', '%7D')}/${method}`;
      const media = 'content/application~1json/schema';
      const answer = await send(url, body);
      const described = ajv.getSchema(`${pointer}/responses/200/${media}`);
      expect([url, answer.status, described?.(answer.body), described?.errors ?? null]).toEqual([url, 200, true, null]);
      if (body === undefined || path === '/reload-model' || path.startsWith('/v2/repository')) continue;
      expect([url, ajv.getSchema(`${pointer}/requestBody/${media}`)?.(body)]).toEqual([url, true]);
    }
  }, 60_000);
});
