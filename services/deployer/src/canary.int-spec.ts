import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type DataOf,
  type FileReference,
  replicaReportedV2,
  rolloutCompletedV1,
  rolloutFailedV1,
  topics,
  trafficChangedV1,
  trafficObservedV1,
  versionApprovedV1,
} from '@perennial/contracts';
import { emit } from '@perennial/messaging';
import { GridfsObjectStore } from '@perennial/object-store';
import { type ServiceUnderTest, startForTest } from '@perennial/service-testing';
import type { Traffic } from './domain/traffic';
import { deployerService } from './service';
import { seen } from './testing/observation.examples';

const suffix = randomUUID().slice(0, 8);
const pipeline = `canary-${suffix}`;
const declaration = `
apiVersion: perennial/v1
kind: Pipeline
name: ${pipeline}
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns: [{ name: id, type: string }, { name: age, type: integer }, { name: y, type: integer }]
reference: { day: '2026-01-01' }
rollout:
  strategy: canary
  timeoutSeconds: 30
  canary:
    steps: [{ weight: 10, seconds: 0, minimumPredictions: 100 }, { weight: 50, seconds: 0, minimumPredictions: 100 }]
`;

type Changed = DataOf<typeof trafficChangedV1>;
const version = (n: number) => `20260101_00000${n}`;
const own = (data: { pipeline: string }) => data.pipeline === pipeline;
const split = ({ arms }: Pick<Changed, 'arms'>) => arms.map((arm) => `${arm.version}:${arm.weight}`).join(' ');

describe('a canary', () => {
  let service: ServiceUnderTest;
  let deployed: string;
  let artifact: FileReference;

  beforeAll(async () => {
    deployed = await mkdtemp(join(tmpdir(), 'deployed-'));
    const { KAFKA_BROKERS, MONGO_URL } = process.env;
    service = await startForTest(deployerService, {
      env: { KAFKA_BROKERS, MONGO_URL, DEPLOYED_DIR: deployed, DEPLOYER_INTERVAL_MS: '100' },
      pipelines: [declaration],
      record: [topics.rollouts],
      batchTopics: [topics.replicas, topics.observations],
    });
    const bytes = Buffer.from(`a model of ${pipeline}`);
    artifact = await new GridfsObjectStore(service.database).put('artifacts', bytes, { mediaType: 'application/onnx' });
  }, 120_000);

  afterAll(async () => {
    await service?.close();
    await rm(deployed, { recursive: true, force: true });
  }, 60_000);

  const approve = (approved: string) =>
    service.publish(
      emit(versionApprovedV1, {
        ...{ pipeline, version: approved, cycleId: `${pipeline}/${approved}`, runId: `run-${approved}`, artifact },
        ...{ checkpoint: null, decisionThreshold: 0.4, approvedBy: 'policy:automatic', comment: null },
      }),
    );
  const routed = async (count: number): Promise<Changed> =>
    (await service.recorder.wait(trafficChangedV1, own, count))[count - 1]!.data;
  /** The replica says that it routes it. */
  const report = ({ rolloutId, sequence, arms }: Changed) =>
    service.publish(
      emit(replicaReportedV2, {
        ...{ replicaId: 'a', pipeline, state: 'serving', version: arms[0]!.version, rolloutId, error: null },
        ...{ trafficSequence: sequence, heartbeatSeconds: 60, at: new Date().toISOString() },
      }),
    );
  const observe = (traffic: Changed, errors = 0) => {
    const counts = { stable: { rows: 2_000 }, candidate: { rows: 200, errors } };
    const { since, at: _, ...observed } = seen(traffic as unknown as Traffic, counts, { pipeline });
    const said = { ...observed, since: new Date(since).toISOString(), at: new Date().toISOString() };
    return service.publish(emit(trafficObservedV1, said));
  };
  const call = async (path: string, body?: object) => {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const response = await fetch(`${service.url}/api/v1/deployments/${pipeline}${path}`, body ? init : {});
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };

  it('begins once a version serves', async () => {
    await approve(version(1));
    await report(await routed(1));
    await service.recorder.wait(rolloutCompletedV1, own);
    await approve(version(2));
    const first = await routed(2);
    expect(split(first)).toBe(`${version(1)}:90 ${version(2)}:10`);
    expect(first.arms.map(({ buckets }) => buckets)).toEqual([[{ from: 0, to: 9_000 }], [{ from: 9_000, to: 10_000 }]]);
  }, 60_000);

  it('goes on by what replicas observed, over a restart', async () => {
    const first = await routed(2);
    await report(first);
    await service.restart();
    await observe(first);
    const second = await routed(3);
    expect(split(second)).toBe(`${version(1)}:50 ${version(2)}:50`);
    expect(second).toMatchObject({
      changedBy: 'policy:canary',
      findings: expect.arrayContaining([expect.objectContaining({ rule: 'step-done' })]),
    });
  }, 60_000);

  it('goes back when the new version fails, with the numbers', async () => {
    const second = await routed(3);
    await report(second);
    await observe(second, 400);
    const [failed] = await service.recorder.wait(rolloutFailedV1, own);
    expect(failed?.data).toMatchObject({
      version: version(2),
      restored: version(1),
      reason: expect.stringContaining('error-share'),
    });
    const back = await routed(4);
    expect(split(back)).toBe(`${version(1)}:100`);
    expect(back.findings).toContainEqual(
      expect.objectContaining({
        rule: 'error-share',
        breached: true,
        measured: expect.objectContaining({ limit: 0.01 }),
      }),
    );
    await report(back);
    await service.recorder.wait(rolloutCompletedV1, own, 2);
  }, 60_000);

  it('is shaped and ended by a person, once per request', async () => {
    await approve(version(3));
    await report(await routed(5));
    const asked = { by: 'ana', reason: 'it is fine', requestId: 'r-1' };
    expect(
      await call('/traffic', { action: 'weights', arms: [{ name: 'candidate', weight: 30 }], ...asked }),
    ).toMatchObject({ status: 400, body: { error: { code: 'WEIGHTS_NOT_WHOLE' } } });
    const arms = [
      { name: 'candidate', weight: 30 },
      { name: 'stable', weight: 70 },
    ];
    expect(await call('/traffic', { action: 'weights', arms, ...asked })).toMatchObject({
      status: 202,
      body: { strategy: 'canary', traffic: { sequence: 6, arms: [{ weight: 70 }, { weight: 30 }] } },
    });
    await call('/traffic', { action: 'weights', arms, ...asked });
    expect(await call('/traffic', { action: 'promote', by: 'ana', reason: 'now' })).toMatchObject({ status: 202 });
    const last = await routed(7);
    expect(split(last)).toBe(`${version(3)}:100`);
    await report(last);
    await service.recorder.wait(rolloutCompletedV1, own, 3);
    const refused = await call('/traffic', { action: 'abort', by: 'ana', reason: 'too late' });
    expect(refused).toMatchObject({ status: 409, body: { error: { code: 'NOTHING_UNDER_WAY' } } });
  }, 60_000);

  it('shows every step with who and why', async () => {
    const { body } = await call('');
    expect(body).toMatchObject({ phase: 'completed', serving: version(3), observed: { arms: [{ name: 'stable' }] } });
    const changes = (body.history as { type: string; by?: string }[]).filter(({ type }) => type === 'traffic-changed');
    expect(
      changes
        .map(({ by }) => by)
        .reverse()
        .slice(2),
    ).toEqual([...['policy:canary', expect.stringMatching(/^rollout /), 'policy:automatic', 'ana', 'ana']]);
  });
});
