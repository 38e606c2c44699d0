import { createHash, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  type DataOf,
  type FileReference,
  modelPromotedV1,
  rolloutCompletedV1,
  topics,
  versionRegisteredV1,
} from '@perennial/contracts';
import { inferenceService } from '@perennial/inference';
import { emit } from '@perennial/messaging';
import { GridfsObjectStore } from '@perennial/object-store';
import { registryService } from '@perennial/registry';
import { eventually, type ServiceUnderTest, startForTest } from '@perennial/service-testing';

// A version of the own registry, found over its MLflow API and served, on the real broker and database.
const root = resolve(__dirname, '../../..');
const fixtures = join(root, 'libs/model-runtime/src/testing/fixtures');
const creditModel = readFileSync(join(fixtures, 'credit.onnx'));
const credit = JSON.parse(readFileSync(join(fixtures, 'credit.expected.json'), 'utf8')) as {
  rows: object[];
  probabilities: number[];
};
const fixtureData = <T>(name: string) =>
  (JSON.parse(readFileSync(join(root, 'contracts/fixtures', `${name}.json`), 'utf8')) as { data: T }).data;
const pipeline = `card-${randomUUID().slice(0, 8)}`;
const declaration = `
apiVersion: perennial/v1
kind: Pipeline
name: ${pipeline}
owner: risk@bank.example
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: limit_bal, type: number }
    - { name: y, type: integer }
reference: { day: '2026-01-01' }
approval: { mode: automatic }
`;

describe('a model of the registry, served by its name', () => {
  let folder: string;
  let registry: ServiceUnderTest;
  let inference: ServiceUnderTest;
  let files: GridfsObjectStore;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'registered-'));
    const { KAFKA_BROKERS, MONGO_URL } = process.env;
    const options = { pipelines: [declaration], record: [topics.versions] };
    registry = await startForTest(registryService, { ...options, env: { KAFKA_BROKERS, MONGO_URL } });
    files = new GridfsObjectStore(registry.database);
    inference = await startForTest(inferenceService, {
      pipelines: [declaration],
      env: {
        ...{ KAFKA_BROKERS, MONGO_URL, GRPC_PORT: '0', DEPLOYED_DIR: folder, REGISTRY_URL: registry.url },
        ...{ MLFLOW_MODEL_NAME: pipeline, INFERENCE_DESIRED_INTERVAL_MS: '200', INFERENCE_MODEL_MEMORY_MB: '512' },
      },
    });
  }, 180_000);

  afterAll(async () => {
    await inference?.close();
    await registry?.close();
    rmSync(folder, { recursive: true, force: true });
  }, 120_000);

  /** Registers a file as a version and puts it into production. */
  async function produce(artifact: FileReference, sequence: number): Promise<string> {
    const told = fixtureData<DataOf<typeof modelPromotedV1>>('perennial.evaluation.v1.model-promoted');
    const day = `2026-01-0${sequence + 1}`;
    const cycleId = `${pipeline}/${day}`;
    const candidate = { ...told.candidate, artifact, checkpoint: null, runId: `${cycleId}/1` };
    await registry.publish(emit(modelPromotedV1, { ...told, cycleId, pipeline, day, candidate, finetunedFrom: null }), {
      correlationId: cycleId,
    });
    const [registered] = await registry.recorder.wait(versionRegisteredV1, (each) => each.cycleId === cycleId);
    const version = registered?.data.version as string;
    const rollout = fixtureData<DataOf<typeof rolloutCompletedV1>>('perennial.deployment.v1.rollout-completed');
    const model = { ...rollout.model, version, artifact };
    const completed = { ...rollout, rolloutId: `${pipeline}/${sequence}`, sequence, pipeline, version, cycleId, model };
    await registry.publish(emit(rolloutCompletedV1, completed));
    await eventually(async () => {
      const response = await fetch(`${registry.url}/api/v1/models/${pipeline}/versions/${version}`);
      return ((await response.json()) as { state: string }).state === 'production' || undefined;
    });
    return version;
  }

  const put = (bytes: Uint8Array) => files.put('artifacts', bytes, { mediaType: 'application/onnx' });
  const ready = async () => (await fetch(`${inference.url}/health/ready`)).status;
  const post = async (path: string, body: object) => {
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(inference.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Predictions };
  };

  const metricsWith = (name: string, value: number) =>
    eventually(async () => {
      const text = await (await fetch(`${inference.url}/metrics`)).text();
      return text.match(new RegExp(`^${name}\\{.*\\} (.*)$`, 'm'))?.[1] === String(value) ? text : undefined;
    });

  it('is ready once there is a version in production, and answers as the file does', async () => {
    expect(await ready()).toBe(503);
    const reload = await post('/reload-model', {});
    expect([reload.status, reload.body.error?.code]).toEqual([404, 'MODEL_NOT_REGISTERED']);
    const version = await produce(await put(creditModel), 1);
    await eventually(async () => (await ready()) === 200 || undefined);
    const { status, body } = await post('/predict', { instances: credit.rows });
    expect([status, body.predictions?.[0]?.model_version]).toEqual([200, version]);
    body.predictions?.forEach(({ probability }, row) =>
      expect(probability).toBeCloseTo(credit.probabilities[row] ?? 0, 5),
    );
    const info = (await (await fetch(`${inference.url}/model-info`)).json()) as { digest: string; rollout: object };
    expect(info.digest).toBe(`sha256:${createHash('sha256').update(creditModel).digest('hex')}`);
    expect(info.rollout).toMatchObject({ source: 'mlflow' });
  }, 120_000);

  it('is the next version when it is reloaded, and no request fails meanwhile', async () => {
    // Another entry of the metadata: protobuf messages may be concatenated.
    const other = Buffer.concat([creditModel, Buffer.from([114, 6, 10, 1, 97, 18, 1, 98])]);
    const version = await produce(await put(other), 2);
    let asking = true;
    const statuses = new Map<number, number>();
    const client = async () => {
      while (asking) {
        const { status } = await post('/predict', { instances: credit.rows });
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    };
    const clients = [client(), client()];
    const reloaded = await post('/reload-model', {});
    asking = false;
    await Promise.all(clients);
    expect(reloaded.body.version).toBe(version);
    expect([...statuses.keys()]).toEqual([200]);
    // The worker of the version before ends by itself.
    const metrics = await metricsWith('perennial_models_loaded', 1);
    expect(metrics.match(/perennial_model_info\{[^}]*\} 1/g)).toHaveLength(1);
    const unloaded = await fetch(`${inference.url}/v2/repository/models/${pipeline}/unload`, { method: 'POST' });
    expect(unloaded.status).toBe(200);
    expect(await metricsWith('perennial_models_loaded', 0)).not.toMatch(/perennial_model_info\{/);
  }, 120_000);
});

interface Predictions {
  version?: string;
  predictions?: { probability: number; model_version: string }[];
  error?: { code: string };
}
