import { execFile } from 'node:child_process';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { ensurePackages, parsePins } from '@perennial/python-environment';
import { readFileSync } from 'node:fs';
import { credit } from './testing/artifact.examples';
import { serveCreditModel, type ServedModel, VERSION } from './testing/served.model';

const root = resolve(__dirname, '../../..');
const clients = join(__dirname, '../clients');
const rows = join(root, 'libs/model-runtime/src/testing/fixtures/credit.expected.json');
const INSTALL_MS = 600_000;

let served: ServedModel;

beforeAll(async () => void (served = await serveCreditModel({})), 120_000);
afterAll(() => served?.close(), 60_000);

const run = async (python: string, args: readonly string[]) =>
  (await promisify(execFile)(python, [...args], { timeout: 300_000 })).stdout;

interface Answer {
  probability: number[];
  prediction: number[];
  ids: number;
}
interface Failure {
  status: string;
  message: string;
}
type Asked = Record<string, unknown> & Record<'all' | 'versioned' | 'gzip' | 'deflate', Answer>;

const whole = credit.rows.flatMap((row, index) => (Object.values(row).includes(null) ? [] : [index]));

function expectAnswer({ probability, prediction, ids }: Answer): void {
  probability.forEach((value, row) => expect(value).toBeCloseTo(credit.probabilities[row]!, 5));
  expect(prediction).toEqual(credit.probabilities.map((p) => (p >= 0.42 ? 1 : 0)));
  expect(ids).toBe(credit.rows.length);
}

describe('Triton’s client', () => {
  let found: { http: Asked & { json: number[] }; grpc: Asked & { stream: unknown[]; reflection: unknown } };

  beforeAll(async () => {
    const requirements = join(clients, 'requirements.txt');
    const packages = Object.keys(parsePins(readFileSync(requirements, 'utf8')));
    const directory = join(root, '.perennial/test-clients/venv');
    const python = await ensurePackages({ directory, requirements }, packages, () => undefined);
    const script = join(clients, 'triton_client.py');
    found = JSON.parse(await run(python, [script, served.http, served.grpc, served.model, rows]));
  }, INSTALL_MS);

  it.each(['http', 'grpc'] as const)('finds all it asks for over %s', (transport) => {
    const asked = found[transport];
    expect(asked).toMatchObject({
      ...{ live: true, ready: true, modelReady: true, versionReady: true, otherReady: false, id: 'r-1' },
      server: { name: 'perennial', extensions: expect.arrayContaining(['binary_tensor_data']) },
      metadata: {
        name: served.model,
        versions: [VERSION],
        inputs: expect.arrayContaining([expect.objectContaining({ name: 'age', datatype: 'FP32' })]),
      },
      index: expect.arrayContaining([
        expect.objectContaining({ name: served.model, state: 'READY', version: VERSION }),
      ]),
      ...{ unloaded: false, loaded: true },
    });
    const { config = asked.config } = asked.config as { config?: unknown };
    expect(config).toMatchObject({
      ...{ name: served.model, max_batch_size: 10_000, backend: 'onnxruntime' },
      input: expect.arrayContaining([expect.objectContaining({ name: 'sex', data_type: 'TYPE_STRING' })]),
    });
    const {
      model_stats: [stats],
    } = asked.statistics as { model_stats: { inference_count: number | string; last_inference: number | string }[] };
    // Three requests so far over this transport, of three rows each; those over HTTP came first.
    expect(Number(stats?.inference_count)).toBeGreaterThanOrEqual(9);
    expect(Number(stats?.last_inference)).toBeGreaterThan(Date.parse('2026-01-01'));
    expectAnswer(asked.all);
    expectAnswer(asked.versioned);
  });

  it.each<['http' | 'grpc', string, string]>([
    ['http', '404', '400'],
    ['grpc', 'StatusCode.NOT_FOUND', 'StatusCode.INVALID_ARGUMENT'],
  ])('hears over %s what is wrong', (transport, notFound, invalid) => {
    const { unknownModel, unknownVersion, wrongDatatype } = found[transport] as unknown as Record<string, Failure>;
    expect(unknownModel).toEqual({
      status: notFound,
      message: expect.stringMatching(/^model no-such-model: must be one of/),
    });
    expect(unknownVersion).toEqual({ status: notFound, message: expect.stringMatching(/^version none of /) });
    expect(wrongDatatype).toEqual({
      status: invalid,
      message: expect.stringMatching(/^age must be of a datatype .*"BYTES"/),
    });
  });

  it('may send JSON and compressed bodies', () => {
    found.http.json.forEach((value, row) => expect(value).toBeCloseTo(credit.probabilities[whole[row]!]!, 5));
    expectAnswer(found.http.gzip);
    expectAnswer(found.http.deflate);
  });

  it('may stream, and a request that fails does not end the stream', () => {
    const [first, second, third] = found.grpc.stream;
    expectAnswer(first as Answer);
    expect(second).toContain('model no-such-model: must be one of');
    expectAnswer(third as Answer);
  });

  it('finds the services by reflection', () => {
    expect(found.grpc.reflection).toMatchObject({
      services: expect.arrayContaining(['inference.GRPCInferenceService']),
      methods: expect.arrayContaining([
        'ModelInfer',
        'ModelStreamInfer',
        'RepositoryIndex',
        'ModelStatistics',
        'ModelConfig',
      ]),
    });
  });
});

/** Clients too heavy for every run: an interpreter that has them may be named. See clients/README.md. */
const { KSERVE_PYTHON, MLSERVER_PYTHON } = process.env;

if (KSERVE_PYTHON) {
  it('is asked by KServe’s client', async () => {
    const script = join(clients, 'kserve_client.py');
    const output = await run(KSERVE_PYTHON, [script, served.service.url, served.grpc, served.model, rows]);
    expect(output).toContain('gRPC, typed: 3 rows agree');
  }, 300_000);
}

if (MLSERVER_PYTHON) {
  it('is asked as MLServer documents it', async () => {
    const script = join(clients, 'mlserver_client.py');
    const output = await run(MLSERVER_PYTHON, [script, served.service.url, served.model, rows]);
    expect(output).toContain('index of 2 models');
  }, 300_000);
}
