import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  batchIdOf,
  labelToldV1,
  predictionIdAt,
  predictionsMadeV3,
  predictionsOf,
  topics,
  TRAFFIC_BUCKETS,
  trafficObservedV1,
} from '@perennial/contracts';
import { emit } from '@perennial/messaging';
import { GridfsObjectStore } from '@perennial/object-store';
import { eventually, type ServiceUnderTest, startForTest } from '@perennial/service-testing';
import type { ToldTraffic } from './application/deployable';
import { bucketOf } from './domain/traffic.split';
import { inferenceService } from './service';
import { credit, creditModel, withThreshold } from './testing/artifact.examples';
import { LocalDeployer } from './testing/local.deployer';

const suffix = randomUUID().slice(0, 8);
const pipeline = `arms-${suffix}`;
const experimentId = `experiment-${suffix}`;
const declaration = `
apiVersion: perennial/v1
kind: Pipeline
name: ${pipeline}
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns: [{ name: id, type: string }, { name: limit_bal, type: number }, { name: y, type: integer }]
reference: { day: '2026-01-01' }
rollout: { stickyBy: [id] }
`;
const own = (data: { pipeline: string }) => data.pipeline === pipeline;

interface Answer {
  prediction_id: string;
  prediction: 0 | 1;
  model_version: string;
  arm: string;
  model: string;
}

describe('versions side by side', () => {
  const deployer = new LocalDeployer();
  const thresholds: Record<string, number> = { v1: 0.05, v2: 0.95, v3: 0.5 };
  const models = new Map<string, ToldTraffic['shadows'][number]>();
  let service: ServiceUnderTest;
  let deployed: string;

  const route = (sequence: number, weights: Record<string, number>, shadows: string[] = []) => {
    let from = 0;
    const arms = Object.entries(weights).map(([version, weight]) => {
      const buckets = [{ from, to: (from += (weight * TRAFFIC_BUCKETS) / 100) }];
      return { ...models.get(version)!, name: version, weight, buckets };
    });
    const looking = shadows.map((version) => models.get(version)!);
    deployer.traffic.set(pipeline, { rolloutId: 'r', sequence, experimentId, arms, shadows: looking });
    return eventually(async () => {
      const info = (await (await fetch(`${service.url}/model-info`)).json()) as { rollout?: { sequence: number } };
      return info.rollout?.sequence === sequence ? true : undefined;
    });
  };
  const post = async (path: string, body: object, headers = {}) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } };
    const response = await fetch(`${service.url}${path}`, { ...init, body: JSON.stringify(body) });
    return { status: response.status, body: (await response.json()) as Answer & { predictions: Answer[] } };
  };
  const [first] = credit.rows;
  const instances = (ids: readonly string[]) => ids.map((id) => ({ ...first, id }));

  beforeAll(async () => {
    deployed = await mkdtemp(join(tmpdir(), 'deployed-'));
    const { KAFKA_BROKERS, MONGO_URL } = process.env;
    service = await startForTest(inferenceService, {
      env: {
        ...{ KAFKA_BROKERS, MONGO_URL, GRPC_PORT: '0', DEPLOYED_DIR: deployed, DEPLOYER_URL: await deployer.up() },
        ...{ INFERENCE_DESIRED_INTERVAL_MS: '200', INFERENCE_OBSERVE_MS: '300' },
      },
      pipelines: [declaration],
      record: [topics.predictions, topics.observations],
      batchTopics: [topics.predictions, topics.labels],
    });
    const files = new GridfsObjectStore(service.database);
    for (const [version, decisionThreshold] of Object.entries(thresholds)) {
      const bytes = withThreshold(creditModel, decisionThreshold);
      const artifact = await files.put('artifacts', bytes, { mediaType: 'application/onnx' });
      models.set(version, { version, model: { version, runId: null, artifact, checkpoint: null, decisionThreshold } });
    }
  }, 120_000);

  afterAll(async () => {
    await service?.close();
    await deployer.down();
    await rm(deployed, { recursive: true, force: true });
  }, 60_000);

  it('answer each row by its entity, and name the arm', async () => {
    await route(1, { v1: 60, v2: 40 }, ['v3']);
    const ids = Array.from({ length: 40 }, (_, id) => `customer-${id}`);
    const { body } = await post('/predict', { instances: instances(ids) });
    const expected = ids.map((id) => (bucketOf(experimentId, JSON.stringify([id])) < 6_000 ? 'v1' : 'v2'));
    expect(new Set(expected).size).toBe(2);
    expect(body.predictions.map(({ arm }) => arm)).toEqual(expected);
    expect(body.predictions.map(({ model_version }) => model_version)).toEqual(expected);
    // One has a threshold that everything reaches, the other one that nothing does.
    expect(body.predictions.map(({ prediction }) => prediction)).toEqual(expected.map((arm) => (arm === 'v1' ? 1 : 0)));
    expect(body.predictions[0]).toMatchObject({ model: pipeline, prediction_id: expect.any(String) });
    const named = await post('/predict', { instances: instances(ids) }, { 'x-entity-key': 'ana' });
    expect(new Set(named.body.predictions.map(({ arm }) => arm)).size).toBe(1);
    const made = await eventually(async () => {
      const logged = service.recorder.of(predictionsMadeV3, own).flatMap(({ data }) => predictionsOf(data));
      return logged.length >= 80 ? logged : undefined;
    });
    expect(new Set(made.map((each) => `${each.arm} ${each.experimentId}`))).toEqual(
      new Set([`v1 ${experimentId}`, `v2 ${experimentId}`]),
    );
  }, 60_000);

  it('are observed by arm, with the versions that look on', async () => {
    const [seen] = await service.recorder.wait(
      trafficObservedV1,
      (data) =>
        own(data) && data.arms.reduce((sum, { rows }) => sum + rows, 0) === 80 && data.shadows[0]?.compared === 80,
    );
    expect(seen?.data).toMatchObject({ sequence: 1, shadows: [{ version: 'v3', errors: 0, dropped: 0, distance: 0 }] });
    const { arms, shadows } = seen!.data;
    for (const { rows, latency, requests, scores } of arms) {
      expect([scores, latency].map((counts) => counts.reduce((sum, count) => sum + count, 0))).toEqual([
        rows,
        requests,
      ]);
    }
    // All in the same class as the shadow, or all in the other, by the arm that answered.
    expect(arms.map(({ rows }) => rows)).toContain(shadows[0]?.disagreements);
  }, 60_000);

  it('are judged by labels, whichever of label and prediction comes first, and however often', async () => {
    await route(2, { v1: 100, v2: 0 });
    const counted = async (want: object) => {
      const [seen] = await service.recorder.wait(trafficObservedV1, (data) => {
        const labels = data.labels.find(({ arm }) => arm === 'v1');
        return own(data) && Object.entries(want).every(([name, value]) => Reflect.get(labels ?? {}, name) === value);
      });
      return seen;
    };
    const early = predictionIdAt(randomUUID(), 0);
    await service.publish(emit(labelToldV1, { predictionId: early, label: 0, at: '2026-02-02T00:00:00.000Z' }));
    const { body } = await post('/predict', { instances: instances(['x', 'y']) });
    const [one, two] = body.predictions.map(({ prediction_id }) => prediction_id) as [string, string];
    await eventually(async () => {
      const batches = service.database.collection<{ _id: string }>('predictions');
      const stored = await batches.countDocuments({ _id: batchIdOf(two) });
      return stored === 1 ? true : undefined;
    });
    const labels = [
      { prediction_id: one, label: 1, at: '2026-02-02T00:00:00.000Z' },
      { prediction_id: two, label: 1, at: '2026-02-02T00:00:00.000Z' },
    ];
    for (let times = 0; times < 2; times += 1) {
      expect(await post('/api/v1/labels', { labels })).toMatchObject({ status: 202, body: { accepted: 2 } });
    }
    await counted({ truePositives: 2, falsePositives: 0 });
    // Told later, but known earlier: it does not count.
    await post('/api/v1/labels', { prediction_id: one, label: 0, at: '2026-02-01T00:00:00.000Z' });
    await post('/api/v1/labels', { prediction_id: two, label: 0, at: '2026-02-03T00:00:00.000Z' });
    await counted({ truePositives: 1, falsePositives: 1 });
    const [made] = await service.recorder.wait(predictionsMadeV3, ({ batchId }) => batchId === batchIdOf(one));
    const place = predictionsOf(made!.data).findIndex(({ predictionId }) => predictionId === one);
    const columns = Object.entries(made!.data.predictions).map(([name, values]) => [name, [values[place]]] as const);
    const again = { ...made!.data, batchId: early, predictions: Object.fromEntries(columns) as never };
    await service.publish(emit(predictionsMadeV3, again));
    await counted({ truePositives: 1, falsePositives: 2 });
    const { predictions } = (await (await fetch(`${service.url}/api/v1/predictions?pipeline=${pipeline}`)).json()) as {
      predictions: { predictionId: string; label?: number }[];
    };
    const labelOf = (id: string) => predictions.find(({ predictionId }) => predictionId === id)?.label;
    expect([one, two, early].map(labelOf)).toEqual([1, 0, 0]);
  }, 60_000);

  it.each([
    [{ prediction_id: 'p', label: 2 }, 'label'],
    [{ labels: [] }, 'labels'],
    [{ label: 1 }, 'prediction_id'],
  ])('refuse what is no label (case %#)', async (body, field) => {
    const answer = await post('/api/v1/labels', body);
    expect(answer).toMatchObject({ status: 400, body: { error: { code: 'INVALID_REQUEST' } } });
    expect(JSON.stringify(answer.body)).toContain(field);
  });

  it('change places under requests without failing one', async () => {
    const statuses: number[] = [];
    let changing = true;
    const client = async () => {
      while (changing) statuses.push((await post('/predict', { instances: instances(['x']) })).status);
    };
    const clients = [client(), client(), client()];
    for (let sequence = 3; sequence <= 12; sequence += 1) {
      const [old, young] = sequence % 2 === 0 ? ['v1', 'v2'] : ['v2', 'v3'];
      await route(sequence, { [old!]: 50, [young!]: 50 });
    }
    changing = false;
    await Promise.all(clients);
    expect(statuses.length).toBeGreaterThan(10);
    expect(statuses.filter((status) => status !== 200)).toEqual([]);
  }, 60_000);
});
