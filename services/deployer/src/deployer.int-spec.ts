import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DataOf,
  type FileReference,
  replicaReportedV1,
  rolloutCompletedV1,
  rolloutFailedV1,
  rolloutStartedV1,
  topics,
  versionApprovedV1,
} from '@perennial/contracts';
import { emit } from '@perennial/messaging';
import { GridfsObjectStore } from '@perennial/object-store';
import { eventually, type ServiceUnderTest, startForTest } from '@perennial/service-testing';
import { deployerService } from './service';

const suffix = randomUUID().slice(0, 8);
const pipeline = `card-${suffix}`;
const TIMEOUT_SECONDS = 3;
const declaration = `
apiVersion: perennial/v1
kind: Pipeline
name: ${pipeline}
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: age, type: integer }
    - { name: y, type: integer }
reference: { day: '2026-01-01' }
rollout: { timeoutSeconds: ${TIMEOUT_SECONDS} }
`;

const version = (n: number) => `20260101_00000${n}`;
const own = (data: { pipeline: string }) => data.pipeline === pipeline;

describe('deployer', () => {
  let service: ServiceUnderTest;
  let deployed: string;
  const artifacts = new Map<string, FileReference>();

  beforeAll(async () => {
    deployed = await mkdtemp(join(tmpdir(), 'deployed-'));
    const { KAFKA_BROKERS, MONGO_URL } = process.env;
    service = await startForTest(deployerService, {
      env: { KAFKA_BROKERS, MONGO_URL, DEPLOYED_DIR: deployed, DEPLOYER_INTERVAL_MS: '100' },
      pipelines: [declaration],
      record: [topics.rollouts],
      batchTopics: [topics.replicas, topics.observations],
    });
    const files = new GridfsObjectStore(service.database);
    for (const n of [1, 2, 3, 4]) {
      const bytes = Buffer.from(`model ${version(n)} of ${pipeline}`);
      artifacts.set(version(n), await files.put('artifacts', bytes, { mediaType: 'application/onnx' }));
    }
  }, 120_000);

  afterAll(async () => {
    await service?.close();
    await rm(deployed, { recursive: true, force: true });
  }, 60_000);

  const approve = (name: string, options = {}) =>
    service.publish(
      emit(versionApprovedV1, {
        ...{ pipeline, version: name, cycleId: `${pipeline}/${name}`, runId: `run-${name}` },
        artifact: artifacts.get(name) as FileReference,
        ...{ checkpoint: null, decisionThreshold: 0.4, approvedBy: 'policy:automatic', comment: null },
      }),
      options,
    );
  const report = (changes: Partial<DataOf<typeof replicaReportedV1>>, times = 1) =>
    service.publish(
      emit(replicaReportedV1, {
        ...{ replicaId: 'a', pipeline, state: 'serving' as const, version: null, rolloutId: null, error: null },
        ...{ heartbeatSeconds: 60, at: new Date().toISOString() },
        ...changes,
      }),
      { times },
    );
  const started = async (count: number) => {
    const all = await service.recorder.wait(rolloutStartedV1, own, count);
    return all[count - 1]!;
  };
  const call = async (path: string, body?: object) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${service.url}/api/v1/deployments${path}`, body ? init : {});
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const deployedVersion = (folder: string) =>
    eventually(async () => JSON.parse(await readFile(join(deployed, folder, 'version.json'), 'utf8')) as object);
  const untilDeployed = (name: string) =>
    eventually(async () => {
      for (const folder of [pipeline, '']) {
        expect(await deployedVersion(folder)).toMatchObject({ version: name, digest: artifacts.get(name)?.digest });
        const model = await readFile(join(deployed, folder, 'current_model.onnx'), 'utf8');
        expect(model).toBe(`model ${name} of ${pipeline}`);
      }
      return true;
    });

  it('has nothing to deploy at first', async () => {
    expect(await call(`/${pipeline}`)).toMatchObject({
      status: 200,
      body: { desired: null, serving: null, history: [] },
    });
    expect(await call('/unknown')).toMatchObject({ status: 404, body: { error: { code: 'UNKNOWN_PIPELINE' } } });
    expect(await call(`/${pipeline}/rollback`, { by: 'ana', reason: 'why not' })).toMatchObject({
      status: 409,
      body: { error: { code: 'NO_PREVIOUS_VERSION' } },
    });
  });

  it('rolls an approved version out once, and waits for its first replica', async () => {
    await approve(version(1), { times: 3, correlationId: 'cycle-1' });
    const first = await started(1);
    expect(first.data).toMatchObject({ sequence: 1, version: version(1), previous: null, kind: 'promotion' });
    expect(first.correlationid).toBe('cycle-1');
    await untilDeployed(version(1));
    await report({ version: version(1), rolloutId: first.data.rolloutId }, 3);
    const [completed] = await service.recorder.wait(rolloutCompletedV1, own);
    expect(completed).toMatchObject({ correlationid: 'cycle-1', data: { sequence: 1, replicas: ['a'] } });
    const told = (await (await fetch(`${service.url}/api/v1/desired`)).json()) as { desired: object[] };
    expect(told.desired).toContainEqual(
      expect.objectContaining({ pipeline, version: version(1), rolloutId: first.data.rolloutId }),
    );
    expect(await call('')).toMatchObject({ body: { deployments: [{ pipeline, replicas: [{ replicaId: 'a' }] }] } });
    expect(await call(`/${pipeline}`)).toMatchObject({
      body: { serving: version(1), phase: 'completed', replicas: [{ replicaId: 'a', state: 'serving' }] },
    });
  }, 60_000);

  it('goes back at once when a replica cannot load the version', async () => {
    await approve(version(2));
    const second = await started(2);
    await untilDeployed(version(2));
    const { rolloutId } = second.data;
    await report({ state: 'failed', version: version(1), rolloutId, error: 'not an ONNX file' });
    const [failed] = await service.recorder.wait(rolloutFailedV1, own);
    expect(failed?.data).toMatchObject({ reason: 'a: not an ONNX file', replicas: ['a'], restored: version(1) });
    const back = await started(3);
    expect(back.data).toMatchObject({ kind: 'rollback', version: version(1), sequence: 3 });
    await untilDeployed(version(1));
    await report({ version: version(1), rolloutId: back.data.rolloutId });
    await service.recorder.wait(rolloutCompletedV1, own, 2);
  }, 60_000);

  it('goes back when a replica does not serve the version in time, over a restart', async () => {
    await approve(version(3));
    const third = await started(4);
    await service.restart();
    const all = await service.recorder.wait(rolloutFailedV1, own, 2);
    expect(all[1]?.data).toMatchObject({ rolloutId: third.data.rolloutId, replicas: ['a'] });
    expect(all[1]?.data.reason).toContain(`within ${TIMEOUT_SECONDS} s`);
    const back = await started(5);
    expect(back.data).toMatchObject({ kind: 'rollback', version: version(1), sequence: 5 });
    await report({ version: version(1), rolloutId: back.data.rolloutId });
    await service.recorder.wait(rolloutCompletedV1, own, 3);
  }, 60_000);

  it('rolls back for a person, once per request', async () => {
    await approve(version(4));
    const fourth = await started(6);
    await report({ version: version(4), rolloutId: fourth.data.rolloutId });
    await service.recorder.wait(rolloutCompletedV1, own, 4);
    const request = { by: 'ana@bank.example', reason: 'complaints', requestId: 'r-1' };
    expect(await call(`/${pipeline}/rollback`, request)).toMatchObject({
      status: 202,
      body: { desired: { version: version(1), kind: 'rollback', sequence: 7, requestedBy: request.by } },
    });
    expect(await call(`/${pipeline}/rollback`, request)).toMatchObject({
      status: 202,
      body: { desired: { sequence: 7 } },
    });
    await started(7);
    await untilDeployed(version(1));
  }, 60_000);

  it('refuses rollbacks that make no sense, naming field, value and rule', async () => {
    const ask = (body: object) => call(`/${pipeline}/rollback`, body);
    const why = { by: 'ana', reason: 'test' };
    expect(await ask({ ...why, to: 'v9' })).toMatchObject({
      status: 404,
      body: { error: { code: 'UNKNOWN_VERSION', details: { field: 'to', value: 'v9' } } },
    });
    expect(await ask({ ...why, to: version(1) })).toMatchObject({
      status: 409,
      body: { error: { code: 'ALREADY_SERVING' } },
    });
    expect(await ask({ by: '', to: 3 })).toMatchObject({ status: 400, body: { error: { code: 'INVALID_REQUEST' } } });
  });

  it('said everything once, and kept every step', async () => {
    const { recorder } = service;
    expect(recorder.of(rolloutStartedV1, own).map(({ data }) => data.sequence)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(recorder.of(rolloutCompletedV1, own).map(({ data }) => data.sequence)).toEqual([1, 3, 5, 6]);
    expect(recorder.of(rolloutFailedV1, own).map(({ data }) => data.sequence)).toEqual([2, 4]);
    const { body } = await call(`/${pipeline}`);
    const all = body.history as { type: string; sequence: number }[];
    const steps = all.filter(({ type }) => type !== 'traffic-changed').reverse();
    expect(steps.map(({ type, sequence }) => `${type} ${sequence}`)).toEqual([
      ...['rollout-started 1', 'rollout-completed 1', 'rollout-started 2', 'rollout-failed 2', 'rollout-started 3'],
      ...['rollout-completed 3', 'rollout-started 4', 'rollout-failed 4', 'rollout-started 5', 'rollout-completed 5'],
      ...['rollout-started 6', 'rollout-completed 6', 'rollout-started 7'],
    ]);
  });
});
