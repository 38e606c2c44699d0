import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { scores } from '@perennial/classification-metrics';
import {
  retrainingRequestedV1,
  runCompletedV1,
  runFailedV1,
  runProgressedV1,
  runStartedV1,
  topics,
} from '@perennial/contracts';
import { checkpointKind } from '@perennial/estimators';
import { emit } from '@perennial/messaging';
import { float32 } from '@perennial/onnx-graph';
import { metadataOf, runModel } from '@perennial/onnx-graph/testing';
import { GridfsObjectStore } from '@perennial/object-store';
import { eventually, type ServiceUnderTest, startForTest } from '@perennial/service-testing';
import { decodeCheckpoint } from '@perennial/training';
import type { RunRequest } from './domain/training.run';
import { trainerService } from './service';
import { PeerServices } from './testing/peer.services';
import { startTrainer, undisturbed } from './testing/trainer.process';
import { exampleFitted, exampleRequest, forestYaml, pipelineYaml, rainRows } from './testing/run.examples';

const suffix = randomUUID().slice(0, 8);
const pipeline = `rain-${suffix}`;
const orphaned = `orphan-${suffix}`;
const training = (name: string, epochs: number): string => pipelineYaml(name).replace('epochs: 4', `epochs: ${epochs}`);
/** Trains for seconds. */
const patient = (name: string): string => training(name, 800);
/** Its trainer can only be killed. */
const endless = (name: string): string => training(name, 10_000_000);
const slow = `slow-${suffix}`;
const forest = `forest-${suffix}`;

describe('the trainer', () => {
  const peers = new PeerServices();
  let peersUrl: string;
  let service: ServiceUnderTest;
  let files: GridfsObjectStore;
  let victim: ChildProcess | undefined;
  const environment = () => ({
    ...process.env,
    FEATURE_STORE_URL: peersUrl,
    PREPROCESSING_URL: peersUrl,
    TRAINER_LEASE_MS: '6000',
    TRAINER_HEARTBEAT_MS: '300',
    TRAINER_RETRY_PAUSE_MS: '50',
  });

  beforeAll(async () => {
    peersUrl = await peers.start();
    peers.batches.set('good', rainRows(400));
    peers.batches.set(
      'dry',
      rainRows(100).map(([, ...rest]) => [0, ...rest]),
    );
    service = await startForTest(trainerService, {
      env: environment(),
      pipelines: [pipelineYaml(pipeline), patient(slow), forestYaml(forest)],
      record: [topics.runs],
    });
    files = new GridfsObjectStore(service.database);
  }, 90_000);

  afterAll(async () => {
    victim?.kill('SIGKILL');
    await service?.close();
    await peers.stop();
  }, 60_000);

  const request = (change: Partial<RunRequest>): RunRequest => {
    const name = change.pipeline ?? pipeline;
    const runId = `${name}.2026-01-04.${change.attempt ?? 1}.${change.strategy ?? 'train'}`;
    // A cycle of its own: a later attempt of the same one would take its place.
    const cycleId = `${change.runId ?? runId}/2026-01-04`;
    return exampleRequest({ pipeline: name, cycleId, runId, batches: ['good'], ...change });
  };
  const send = (data: RunRequest, times = 1) =>
    service.publish(emit(retrainingRequestedV1, data), { times, correlationId: data.cycleId });
  const ofRun = (runId: string) => (data: { runId: string }) => data.runId === runId;
  const completed = async (runId: string) => {
    const [event] = await service.recorder.wait(runCompletedV1, ofRun(runId));
    if (!event) throw new Error('no event');
    return event;
  };
  const get = async (path: string) => {
    const response = await fetch(`${service.url}${path}`);
    return { status: response.status, body: (await response.json()) as unknown };
  };

  it('trains a run once, though it was asked for three times', async () => {
    const data = request({});
    await send(data, 3);
    const { data: outcome, correlationid } = await completed(data.runId);
    expect(outcome).toMatchObject({
      pipeline,
      attempt: 1,
      strategy: 'train',
      validation: { rows: 60 },
      trainRows: 220,
    });
    expect(outcome.validation.f1).toBeGreaterThan(0);
    expect(correlationid).toBe(data.cycleId);
    const checkpoint = decodeCheckpoint(await files.get(outcome.checkpoint));
    expect(checkpoint.model).toMatchObject({ dModel: 8, numeric: ['pressure', 'wind'] });
    expect((await files.get(outcome.artifact)).byteLength).toBe(outcome.artifact.bytes);
    await send(data);
    await send(request({ runId: `${data.runId}.next` }));
    await completed(`${data.runId}.next`);
    expect(service.recorder.of(runCompletedV1, ofRun(data.runId))).toHaveLength(1);
    expect(service.recorder.of(runStartedV1, ofRun(data.runId)).map((event) => event.data)).toMatchObject([
      { claim: 1, trainRows: 220, validationRows: 60 },
    ]);
    await service.recorder.wait(runProgressedV1, ofRun(data.runId));
  }, 90_000);

  it('fine-tunes the checkpoint of an earlier run, and searches', async () => {
    const { data: first } = await completed(request({}).runId);
    const { artifact, checkpoint, decisionThreshold, runId } = first;
    const base = { version: '20260104_000000', runId, artifact, checkpoint, decisionThreshold };
    const tune = request({ strategy: 'fine-tune', base });
    const search = request({ strategy: 'fine-tune-search', attempt: 2, base });
    await send(tune);
    await send(search);
    const tuned = (await completed(tune.runId)).data;
    expect(tuned.hyperparameters).toMatchObject({ epochs: 2, learningRate: 0.001, trials: 1 });
    expect(tuned.artifact.digest).not.toBe(artifact.digest);
    const found = (await completed(search.runId)).data;
    expect(found.hyperparameters).toMatchObject({ trials: 4 });
    const { body } = await get(`/api/v1/runs/${search.runId}`);
    const trials = (body as { events: { type: string; data: { f1: number; logLoss: number } }[] }).events.filter(
      ({ type }) => type === 'trial-completed',
    );
    expect(trials).toHaveLength(4);
    const best = Math.max(...trials.map(({ data }) => data.f1));
    expect(found.validation.f1).toBe(best);
  }, 90_000);

  it('trains and grows LightGBM, and serves the candidate as it was judged', async () => {
    const first = request({ pipeline: forest });
    await send(first);
    const { data: trained } = await completed(first.runId);
    expect(trained.hyperparameters).toMatchObject({ kind: 'lightgbm', epochs: 40, learningRate: 0.1, numLeaves: 7 });
    expect(trained.validation.f1).toBeGreaterThan(0.7);
    const { artifact, checkpoint, decisionThreshold, runId } = trained;
    const base = { version: '20260104_000000', runId, artifact, checkpoint, decisionThreshold };
    const tune = request({ pipeline: forest, strategy: 'fine-tune', base });
    await send(tune);
    const { data: grown } = await completed(tune.runId);
    expect(grown.hyperparameters).toMatchObject({ epochs: 5, learningRate: 0.05, trials: 1 });
    for (const outcome of [trained, grown]) {
      expect(checkpointKind(await files.get(outcome.checkpoint))).toBe('lightgbm');
      const file = await files.get(outcome.artifact);
      expect(metadataOf(file)).toMatchObject({ 'perennial.pipeline': forest });
      expect(await servedScores(file, outcome.decisionThreshold)).toEqual({
        f1: expect.closeTo(outcome.validation.f1 as number, 6),
        logLoss: expect.closeTo(outcome.validation.logLoss as number, 5),
      });
    }
    expect(grown.validation.logLoss).not.toBe(trained.validation.logLoss);
    const foreign = request({ strategy: 'fine-tune', base, runId: `${pipeline}.foreign` });
    await send(foreign);
    const [failed] = await service.recorder.wait(runFailedV1, ofRun(foreign.runId));
    expect(failed?.data).toMatchObject({ code: 'training.checkpoint-mismatch' });
    expect(failed?.data.message).toContain('kind is lightgbm in the checkpoint, tab-transformer now');
  }, 120_000);

  it('fails a run of one class with the reason, and does not try again', async () => {
    const data = request({ attempt: 3, batches: ['dry'] });
    await send(data);
    const [failed] = await service.recorder.wait(runFailedV1, ofRun(data.runId));
    expect(failed?.data).toMatchObject({ code: 'training.one-class', attempt: 3, strategy: 'train' });
    expect(failed?.data.message).toContain('labels are negative');
    expect((await get(`/api/v1/runs/${data.runId}`)).body).toMatchObject({ state: 'failed', claims: 1 });
  }, 60_000);

  it('tries again while the feature store fails, and gives up at once when it refuses', async () => {
    peers.refusals.push(503, 500);
    const data = request({ attempt: 3, runId: `${pipeline}.unlucky` });
    await send(data);
    await completed(data.runId);
    expect((await get(`/api/v1/runs/${data.runId}`)).body).toMatchObject({ state: 'completed', claims: 3 });
    const unknown = request({ runId: `${pipeline}.unknown`, batches: ['no-such-batch'] });
    await send(unknown);
    const [failed] = await service.recorder.wait(runFailedV1, ofRun(unknown.runId));
    expect(failed?.data.code).toBe('FEATURES_REFUSED');
  }, 60_000);

  it('shows runs over HTTP', async () => {
    const { body } = await get(`/api/v1/runs?pipeline=${pipeline}&state=failed&limit=10`);
    const runs = (body as { runs: { runId: string; state: string }[] }).runs;
    expect(runs.length).toBe(3);
    expect(runs.every(({ state }) => state === 'failed')).toBe(true);
    expect(await get('/api/v1/runs/none')).toMatchObject({ status: 404, body: { error: { code: 'RUN_NOT_FOUND' } } });
    expect(await get('/api/v1/runs?limit=0')).toMatchObject({
      status: 400,
      body: { error: { code: 'INVALID_REQUEST' } },
    });
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toMatch(/perennial_training_runs_total\{outcome="completed",service="trainer"\} [1-9]/);
    expect(metrics).toMatch(/perennial_training_rows_per_second\{strategy="train",service="trainer"\} [1-9]/);
    expect(metrics).toMatch(/perennial_training_seconds_count\{service="trainer",strategy="fine-tune-search"\} 4/);
  }, 60_000);

  it('hands a run back when it stops, and finishes it after the start', async () => {
    const data = request({ pipeline: slow });
    await send(data);
    await eventually(async () => {
      const { body } = await get(`/api/v1/runs/${data.runId}`);
      return (body as { startedAt?: string | null }).startedAt ? true : undefined;
    });
    await service.restart();
    await completed(data.runId);
    const { body } = await get(`/api/v1/runs/${data.runId}`);
    const { events } = body as { events: { type: string }[] };
    expect(events.map(({ type }) => type)).toEqual([
      'run-queued',
      'run-claimed',
      'run-started',
      'run-handed-back',
      'run-claimed',
      'run-started',
      'trial-completed',
      'run-completed',
    ]);
  }, 120_000);

  it('finishes the run of a trainer that was killed', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'trainer-'));
    await writeFile(join(folder, 'pipeline.yaml'), endless(orphaned));
    const shared = { MONGO_DATABASE: `test-${orphaned}`, GROUP_SUFFIX: `-${orphaned}` };
    ({ child: victim } = await startTrainer({
      ...environment(),
      ...shared,
      PIPELINES: folder,
      PORT: '0',
      LOG_LEVEL: 'warn',
    }));
    const data = request({ pipeline: orphaned });
    await send(data);
    await service.recorder.wait(runProgressedV1, ofRun(data.runId));
    victim.kill('SIGKILL');
    await once(victim, 'exit');
    const heir = await startForTest(trainerService, {
      env: { ...environment(), ...shared },
      pipelines: [pipelineYaml(orphaned)],
    });
    try {
      const { data: outcome } = await completed(data.runId);
      expect(outcome.checkpoint.digest).toBe(await undisturbed(data, pipelineYaml(orphaned)));
      await eventually(() => service.recorder.of(runStartedV1, ofRun(data.runId)).length === 2 || undefined);
      const started = service.recorder.of(runStartedV1, ofRun(data.runId));
      expect(started.map((event) => event.data.claim)).toEqual([1, 2]);
      expect(service.recorder.of(runCompletedV1, ofRun(data.runId))).toHaveLength(1);
      const response = await fetch(`${heir.url}/api/v1/runs/${data.runId}`);
      expect(await response.json()).toMatchObject({ state: 'completed', claims: 2 });
    } finally {
      await heir.close();
      await rm(folder, { recursive: true, force: true });
    }
  }, 180_000);
});

/** What the served file says of the raw validation rows of `rainRows(400)`. */
async function servedScores(file: Uint8Array, threshold: number) {
  const rows = rainRows(400).filter(([, split]) => Number(split) >= 0.3 && Number(split) < 0.3 + 0.15);
  const shape = [rows.length, 1];
  const raw = (feature: number, at: number) => {
    const { mean, std } = exampleFitted.numeric[feature] as { mean: number; std: number };
    return float32(
      rows.map((row) => Number(row[at]) * std + mean),
      shape,
    );
  };
  const sky = rows.map(([, , code]) => exampleFitted.categorical[0]?.vocabulary[Number(code) - 1] as string);
  const feeds = { sky: { type: 'string' as const, shape, data: sky }, pressure: raw(0, 3), wind: raw(1, 4) };
  const { probability = [] } = await runModel(file, feeds);
  const labels = rows.map(([label]) => Number(label));
  const { f1, logLoss } = scores(labels, probability, { threshold, averaging: 'binary' });
  return { f1, logLoss };
}
