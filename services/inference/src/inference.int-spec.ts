import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Client, credentials, loadPackageDefinition, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import {
  type DataOf,
  predictionsMadeV3,
  predictionsOf,
  replicaReportedV2,
  trafficChangedV1,
  topics,
} from '@perennial/contracts';
import { emit } from '@perennial/messaging';
import { GridfsObjectStore } from '@perennial/object-store';
import type { InferRequestMessage, InferResponseMessage } from '@perennial/open-inference';
import { eventually, type ServiceUnderTest, startForTest } from '@perennial/service-testing';
import { protoPath } from 'grpc-health-check';
import { inferenceService as inferenceStub } from './interface/grpc/inference.definition';
import type { BatchDocument } from './infrastructure/mongo.prediction.store';
import { inferenceService } from './service';
import { credit, creditModel, digestOf, withThreshold } from './testing/artifact.examples';
import { alone, type DesiredRollout, LocalDeployer } from './testing/local.deployer';

const suffix = randomUUID().slice(0, 8);
const pipeline = `card-${suffix}`;
const replicaId = `replica-${suffix}`;
const declaration = `
apiVersion: perennial/v1
kind: Pipeline
name: ${pipeline}
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: limit_bal, type: number }
    - { name: y, type: integer }
reference: { day: '2026-01-01' }
`;

const version = (sequence: number) => `20260101_${String(sequence).padStart(6, '0')}`;
const own = (data: { pipeline: string }) => data.pipeline === pipeline;
const [first] = credit.rows;
const features = {
  categorical_features: [first?.sex, first?.education],
  numerical_features: [first?.limit_bal, first?.age, first?.approved_on],
};

describe('inference', () => {
  const deployer = new LocalDeployer();
  let service: ServiceUnderTest;
  let files: GridfsObjectStore;
  let deployed: string;

  beforeAll(async () => {
    deployed = await mkdtemp(join(tmpdir(), 'deployed-'));
    const { KAFKA_BROKERS, MONGO_URL } = process.env;
    service = await startForTest(inferenceService, {
      env: {
        ...{ KAFKA_BROKERS, MONGO_URL, GRPC_PORT: '0', REPLICA_ID: replicaId, DEPLOYED_DIR: deployed },
        ...{
          DEPLOYER_URL: await deployer.up(),
          INFERENCE_DESIRED_INTERVAL_MS: '200',
          INFERENCE_HEARTBEAT_SECONDS: '1',
        },
        ...{ INFERENCE_MAX_ROWS: '50', HTTP_BODY_LIMIT_BYTES: '20000' },
      },
      pipelines: [declaration],
      record: [topics.replicas, topics.predictions],
    });
    files = new GridfsObjectStore(service.database);
  }, 120_000);

  afterAll(async () => {
    await service?.close();
    await deployer.down();
    await rm(deployed, { recursive: true, force: true });
  }, 60_000);

  const call = async (path: string, body?: unknown) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: text };
    const response = await fetch(`${service.url}${path}`, body === undefined ? {} : init);
    const answer = (await response.json()) as Record<string, unknown>;
    return { status: response.status, body: answer, retryAfter: response.headers.get('retry-after') };
  };
  const rollout = async (sequence: number, model: Uint8Array): Promise<DesiredRollout> => {
    const artifact = await files.put('artifacts', model, { mediaType: 'application/onnx' });
    const reference = { version: version(sequence), runId: null, artifact, checkpoint: null, decisionThreshold: 0.42 };
    return { rolloutId: `${pipeline}.${sequence}`, sequence, version: version(sequence), model: reference };
  };
  const start = (desired: DesiredRollout, times = 1) =>
    service.publish(
      emit(trafficChangedV1, {
        ...{ ...alone(desired), pipeline, cycleId: null, changedBy: 'test', reason: 'test', findings: [] },
      }),
      { times },
    );
  const reported = (changes: Partial<DataOf<typeof replicaReportedV2>>) =>
    eventually(() =>
      service.recorder
        .of(replicaReportedV2, own)
        .map(({ data }) => data)
        .find((data) => Object.entries(changes).every(([name, value]) => Reflect.get(data, name) === value)),
    );
  const serving = (sequence: number) =>
    eventually(async () => ((await call('/model-info')).body.version === version(sequence) ? true : undefined));

  it('is ready without a model where none was ever rolled out, and says so', async () => {
    await eventually(async () => ((await call('/health/ready')).status === 200 ? true : undefined));
    expect(await call('/health')).toMatchObject({
      status: 200,
      body: {
        status: 'waiting-for-model',
        replica: replicaId,
        models: [{ pipeline, version: null, state: 'starting' }],
      },
    });
    expect(await call('/predict', features)).toMatchObject({
      status: 503,
      retryAfter: '1',
      body: { error: { code: 'NO_MODEL' } },
    });
    expect(await call('/model-info')).toMatchObject({ status: 503, retryAfter: '1' });
    await reported({ replicaId, state: 'starting', version: null });
  }, 30_000);

  it('serves a rollout that it hears of, however often, and reports it', async () => {
    const desired = await rollout(1, creditModel);
    await eventually(async () => {
      // The group of this replica begins at the newest record, once it has joined.
      await start(desired, 3);
      const { body } = await call('/model-info');
      return body.version === version(1) ? true : undefined;
    });
    expect((await call('/model-info')).body).toMatchObject({
      ...{ model: pipeline, threshold: 0.42, digest: digestOf(creditModel) },
      ...{ rollout: { sequence: 1 }, signature: { inputs: expect.arrayContaining([{ name: 'sex', type: 'string' }]) } },
    });
    const report = await reported({ state: 'serving', version: version(1) });
    expect(report).toMatchObject({ replicaId, rolloutId: desired.rolloutId, error: null, heartbeatSeconds: 1 });
    deployer.desired.set(pipeline, desired);
  }, 60_000);

  it('answers as the reference runtime does, by feature lists and by instances', async () => {
    const single = await call('/predict', features);
    expect(single).toMatchObject({
      status: 200,
      body: { model_version: version(1), prediction_id: expect.any(String) },
    });
    expect(single.body.probability).toBeCloseTo(credit.probabilities[0] as number, 5);
    expect(single.body.prediction).toBe((credit.probabilities[0] as number) >= 0.42 ? 1 : 0);
    for (const path of [`/predict/${pipeline}`, '/invoke']) {
      const { body } = await call(path, { model: pipeline, instances: credit.rows });
      const predictions = body.predictions as { probability: number }[];
      predictions.forEach(({ probability }, row) =>
        expect(probability).toBeCloseTo(credit.probabilities[row] as number, 5),
      );
    }
  });

  it.each([
    [{ ...features, numerical_features: [1] }, 400, 'INVALID_INPUT', { input: 'numerical_features', value: 1 }],
    [{ instances: [{ ...first, age: 'old' }] }, 400, 'INVALID_INPUT', { input: 'age', value: 'old' }],
    [{ instances: [{}] }, 400, 'INVALID_INPUT', { rule: expect.stringContaining('must be given') }],
    [{ instances: Array.from({ length: 51 }, () => first) }, 413, 'TOO_MANY_ROWS', { value: 51 }],
    [{ ...features, model: 'fraud' }, 404, 'UNKNOWN_PIPELINE', { value: 'fraud' }],
  ])('refuses what it cannot answer (case %#)', async (body, expected, code, details) => {
    expect(await call('/predict', body)).toMatchObject({ status: expected, body: { error: { code, details } } });
  });

  it('does not compute what waited beyond the time that its client gives it', async () => {
    const ask = (timeout: string) =>
      fetch(`${service.url}/predict`, {
        ...{ method: 'POST', body: JSON.stringify(features) },
        headers: { 'content-type': 'application/json', 'x-request-timeout-ms': timeout },
      });
    expect((await ask('60000')).status).toBe(200);
    const late = await ask('0.000001');
    expect([late.status, await late.json()]).toMatchObject([504, { error: { code: 'DEADLINE_EXCEEDED' } }]);
    const wrong = await ask('soon');
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { error: { details: { value: 'soon' } } }]);
  });

  it('refuses a body that is no JSON or too long', async () => {
    expect(await call('/predict', '{')).toMatchObject({ status: 400 });
    expect(await call('/predict', { text: 'x'.repeat(30_000) })).toMatchObject({ status: 413 });
  });

  it('keeps predictions for 90 days', async () => {
    const indexes = await service.database.collection('predictions').indexes();
    expect(indexes).toContainEqual(expect.objectContaining({ key: { at: 1 }, expireAfterSeconds: 90 * 24 * 3_600 }));
  });

  it('fails no request while versions are swapped', async () => {
    let swapping = true;
    const answers: { status: number; version: unknown }[] = [];
    const client = async () => {
      while (swapping) {
        const { status: code, body } = await call('/predict', features);
        answers.push({ status: code, version: body.model_version });
      }
    };
    const clients = [client(), client(), client()];
    for (let sequence = 2; sequence <= 7; sequence += 1) {
      const desired = await rollout(sequence, sequence % 2 === 0 ? withThreshold(creditModel, 0.9) : creditModel);
      // Half of them are only told by the desired state, as if the event was missed.
      if (sequence % 2 === 0) await start(desired);
      deployer.desired.set(pipeline, desired);
      await serving(sequence);
    }
    swapping = false;
    await Promise.all(clients);
    expect(answers.filter((answer) => answer.status !== 200)).toEqual([]);
    expect(new Set(answers.map((answer) => answer.version)).size).toBe(7);
  }, 60_000);

  it('keeps what it serves when a version cannot be loaded, and reports that', async () => {
    const broken = await rollout(8, Buffer.from('not an ONNX file'));
    deployer.desired.set(pipeline, broken);
    const report = await reported({ state: 'failed', rolloutId: broken.rolloutId });
    expect(report).toMatchObject({ version: version(7), error: expect.any(String) });
    expect((await call('/predict', features)).body).toMatchObject({ model_version: version(7) });
    const restored = await rollout(9, creditModel);
    deployer.desired.set(pipeline, { ...restored, version: version(7) });
    expect(await call('/reload-model', {})).toMatchObject({
      status: 200,
      body: { version: version(7), models: [{ state: 'serving', sequence: 9 }] },
    });
    await reported({ state: 'serving', rolloutId: restored.rolloutId });
  }, 60_000);

  it('answers a missing artifact as a failure, too', async () => {
    const desired = await rollout(10, Buffer.from('deleted'));
    await files.delete(desired.model.artifact);
    deployer.desired.set(pipeline, desired);
    await reported({ state: 'failed', rolloutId: desired.rolloutId, version: version(7) });
    deployer.desired.set(pipeline, await rollout(11, creditModel));
    await serving(11);
  }, 60_000);

  describe('over gRPC', () => {
    let client: Client & Record<string, never>;
    let address: string;
    const ask = <R>(method: string, request: object): Promise<R> =>
      promisify((body: object, done: (error: Error | null, answer: R) => void) =>
        (client[method] as unknown as (...args: unknown[]) => void).call(client, body, done),
      )(request);
    const tensors = () => [
      ...['limit_bal', 'age', 'approved_on'].map((name) => ({
        ...{ name, datatype: 'FP32', shape: [3, 1] },
        contents: { fp32_contents: credit.rows.map((row) => row[name] ?? NaN) },
      })),
      ...['sex', 'education'].map((name) => ({
        ...{ name, datatype: 'BYTES', shape: [3, 1] },
        contents: { bytes_contents: credit.rows.map((row) => Buffer.from(String(row[name] ?? ''))) },
      })),
    ];
    const infer = (changes: Partial<Record<keyof InferRequestMessage, unknown>>) =>
      ask<InferResponseMessage>('ModelInfer', { model_name: pipeline, id: 'q', inputs: tensors(), ...changes });

    beforeAll(async () => {
      address = String((await call('/health')).body.grpc);
      const Service = inferenceStub();
      client = new Service(address, credentials.createInsecure()) as never;
    });
    afterAll(() => client?.close());

    it('says that it is live and ready, and what the model takes', async () => {
      expect(await ask('ServerLive', {})).toEqual({ live: true });
      expect(await ask('ServerReady', {})).toEqual({ ready: true });
      expect(await ask('ServerMetadata', {})).toMatchObject({ name: 'perennial' });
      expect(await ask('ModelReady', { name: pipeline })).toEqual({ ready: true });
      expect(await ask('ModelReady', { name: pipeline, version: version(1) })).toEqual({ ready: false });
      expect(await ask('ModelMetadata', { name: pipeline })).toMatchObject({
        versions: [version(11)],
        inputs: expect.arrayContaining([{ name: 'sex', datatype: 'BYTES', shape: ['-1', '1'] }]),
        outputs: expect.arrayContaining([{ name: 'probability', datatype: 'FP32', shape: ['-1', '1'] }]),
      });
    });

    it('infers from typed contents', async () => {
      const response = await infer({});
      expect(response).toMatchObject({ model_name: pipeline, model_version: version(11), id: 'q' });
      const [probability, prediction, ids] = response.outputs;
      const probabilities = probability?.contents?.fp32_contents ?? [];
      expect(probabilities).toHaveLength(3);
      probabilities.forEach((p, row) => expect(p).toBeCloseTo(credit.probabilities[row] as number, 5));
      expect(prediction?.contents?.int64_contents).toEqual(credit.probabilities.map((p) => (p >= 0.42 ? '1' : '0')));
      expect(ids?.contents?.bytes_contents).toHaveLength(3);
    });

    it('infers from raw contents, and answers raw', async () => {
      const typed = tensors();
      const raw = typed.map(({ contents }) => {
        if ('fp32_contents' in contents)
          return Buffer.from(Float32Array.from(contents.fp32_contents as number[]).buffer);
        const length = (text: Buffer) => Buffer.from(Uint32Array.of(text.byteLength).buffer);
        return Buffer.concat(contents.bytes_contents.flatMap((text) => [length(text), text]));
      });
      const inputs = typed.map(({ contents: _, ...tensor }) => tensor);
      const response = await infer({ inputs, raw_input_contents: raw, outputs: [{ name: 'probability' }] });
      const [bytes] = response.raw_output_contents;
      credit.probabilities.forEach((p, row) => expect(Buffer.from(bytes!).readFloatLE(row * 4)).toBeCloseTo(p, 5));
    });

    it.each([
      [{ model_name: 'fraud' }, status.NOT_FOUND, 'fraud'],
      [{ model_version: version(1) }, status.NOT_FOUND, 'which serve'],
      [{ inputs: [] }, status.INVALID_ARGUMENT, 'inputs must hold at least one tensor'],
      [{ outputs: [{ name: 'logit' }] }, status.INVALID_ARGUMENT, 'logit'],
    ])('refuses what it cannot answer (case %#)', async (changes, code, details) => {
      await expect(infer(changes)).rejects.toMatchObject({ code, details: expect.stringContaining(details) });
    });

    it('tells its health by the standard service', async () => {
      const loaded = loadPackageDefinition(loadSync(protoPath)) as never as {
        grpc: { health: { v1: { Health: new (...args: unknown[]) => Client } } };
      };
      const health = new loaded.grpc.health.v1.Health(address, credentials.createInsecure());
      const check = promisify((name: string, done: (error: Error | null, answer: unknown) => void) =>
        (health as never as Record<string, (...args: unknown[]) => void>).check?.({ service: name }, done),
      );
      expect(await check('')).toMatchObject({ status: 1 });
      expect(await check('inference.GRPCInferenceService')).toMatchObject({ status: 1 });
      expect(await check(pipeline)).toMatchObject({ status: 1 });
      health.close();
    });
  });

  it('logs every answered prediction once, and shows the newest', async () => {
    const { body } = await call('/predict', features);
    const wanted = ({ predictionId }: { predictionId: string }) => predictionId === body.prediction_id;
    const [made] = await service.recorder.wait(predictionsMadeV3, (data) => predictionsOf(data).some(wanted));
    expect(made?.data).toMatchObject({ pipeline, replicaId });
    expect(predictionsOf(made!.data).find(wanted)).toMatchObject({
      version: version(11),
      prediction: body.prediction,
    });
    await service.publish(emit(predictionsMadeV3, made!.data), { times: 3 });
    const path = `/api/v1/predictions?pipeline=${pipeline}&limit=5`;
    const found = await eventually(async () => {
      const predictions = (await call(path)).body.predictions as { predictionId: string; at: string }[];
      return predictions.some(wanted) ? predictions : undefined;
    });
    expect(found).toHaveLength(5);
    expect(found.map(({ at }) => at)).toEqual(
      found
        .map(({ at }) => at)
        .sort()
        .reverse(),
    );
    const all = service.recorder.of(predictionsMadeV3, own).flatMap(({ data }) => predictionsOf(data));
    const ids = new Set(all.map(({ predictionId }) => predictionId));
    const store = service.database.collection<BatchDocument>('predictions');
    const stored = async () =>
      (await store.find({ pipeline }).toArray()).flatMap((batch) => predictionsOf({ ...batch, batchId: batch._id }));
    await eventually(async () => ((await stored()).length === ids.size ? true : undefined));
    expect(new Set((await stored()).map(({ predictionId }) => predictionId))).toEqual(ids);
    expect(await call('/api/v1/predictions?limit=0')).toMatchObject({ status: 400 });
  }, 60_000);

  it('counts under the names that dashboards know', async () => {
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    const line = (name: string, sequence: number, value: string) =>
      new RegExp(`^${name}\\{[^}]*model="${pipeline}",version="${version(sequence)}"[^}]*\\} ${value}$`, 'm');
    // Two gRPC calls of three rows each, and the one that was looked for in the log.
    expect(metrics).toMatch(line('nv_inference_request_success', 11, '3'));
    expect(metrics).toMatch(line('nv_inference_count', 11, '7'));
    expect(metrics).toMatch(line('perennial_inference_request_duration_seconds_count', 11, '3'));
    expect(metrics).toMatch(line('nv_inference_pending_request_count', 11, '0'));
    for (const name of ['exec_count', 'request_duration_us', 'queue_duration_us', 'compute_infer_duration_us']) {
      expect(metrics).toMatch(line(`nv_inference_${name}`, 11, '[1-9]\\d*'));
    }
    expect(metrics).toMatch(new RegExp(`^nv_inference_request_failure\\{[^}]*reason="INVALID_INPUT"`, 'm'));
    expect(metrics).toMatch(line('perennial_model_info', 11, '1'));
    expect(metrics).not.toMatch(line('perennial_model_info', 7, '1'));
    expect(metrics).toMatch(/perennial_prediction_log_dropped_total\{service="inference"\} 0/);
  });

  it('starts from the deployed folder while the deployer is away, and follows it when it is back', async () => {
    await deployer.down();
    const folder = join(deployed, pipeline);
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'current_model.onnx'), creditModel);
    // Left over from an installation with more rollouts.
    const file = { pipeline, version: version(99), digest: digestOf(creditModel), rolloutId: 'old', sequence: 99 };
    await writeFile(join(folder, 'version.json'), JSON.stringify(file));
    await service.restart();
    await reported({ replicaId, state: 'stopped' });
    await serving(99);
    expect((await call('/predict', features)).body).toMatchObject({ model_version: version(99) });
    await deployer.up();
    await serving(11);
  }, 60_000);
});
