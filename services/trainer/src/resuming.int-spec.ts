import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  retrainingRequestedV1,
  runCompletedV1,
  runFailedV1,
  runProgressedV1,
  runStartedV1,
  topics,
} from '@perennial/contracts';
import { emit } from '@perennial/messaging';
import { eventually, type ServiceUnderTest, startForTest } from '@perennial/service-testing';
import type { RunDetail } from './application/show.runs';
import type { RunRequest } from './domain/training.run';
import { trainerService } from './service';
import { PeerServices } from './testing/peer.services';
import { exampleRequest, pipelineYaml, rainRows } from './testing/run.examples';
import { type EndedJob, startJob, startTrainer, undisturbed } from './testing/trainer.process';

const suffix = randomUUID().slice(0, 8);
const resumed = `resumed-${suffix}`;
const jobs = `jobs-${suffix}`;
const endless = `endless-${suffix}`;
const lasting = (name: string, epochs: number): string => pipelineYaml(name).replace('epochs: 4', `epochs: ${epochs}`);
/** Trains for some seconds. */
const yaml = lasting(resumed, 600);

const ofRun = (runId: string) => (data: { runId: string }) => data.runId === runId;
const asked = (pipeline: string, change: Partial<RunRequest> = {}): RunRequest => {
  const runId = `${pipeline}.${change.batches?.[0] ?? 'good'}`;
  return exampleRequest({ pipeline, runId, cycleId: `${runId}/2026-01-04`, batches: ['good'], ...change });
};

describe('a trainer that is one of several', () => {
  const peers = new PeerServices();
  /** Queues runs and trains none: the trainers of the tests do. */
  let service: ServiceUnderTest;
  let environment: NodeJS.ProcessEnv;
  let folder: string;
  const children: ChildProcess[] = [];

  beforeAll(async () => {
    const url = await peers.start();
    peers.batches.set('good', rainRows(400));
    peers.batches.set(
      'dry',
      rainRows(100).map(([, ...rest]) => [0, ...rest]),
    );
    folder = await mkdtemp(join(tmpdir(), 'trainer-'));
    environment = {
      ...process.env,
      ...{
        FEATURE_STORE_URL: url,
        PREPROCESSING_URL: url,
        MONGO_DATABASE: `test-${suffix}`,
        GROUP_SUFFIX: `-${suffix}`,
      },
      ...{ TRAINER_LEASE_MS: '3000', TRAINER_HEARTBEAT_MS: '300', TRAINER_POLL_INTERVAL_MS: '100' },
      ...{ TRAINER_CHECKPOINT_SECONDS: '1', LOG_LEVEL: 'silent', PORT: '0' },
    };
    service = await startForTest(trainerService, {
      env: { ...environment, TRAINER_CONCURRENCY: '0' },
      pipelines: [yaml, pipelineYaml(jobs), lasting(endless, 10_000_000)],
      record: [topics.runs],
    });
  }, 90_000);

  /** Of a test that failed: they would take up the runs of the next. */
  afterEach(async () => {
    const left = children.splice(0).filter(({ exitCode, signalCode }) => exitCode === null && signalCode === null);
    const exits = left.map((child) => once(child, 'exit'));
    left.forEach((child) => child.kill('SIGKILL'));
    await Promise.all(exits);
  });

  afterAll(async () => {
    await service?.close();
    await peers.stop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  const send = (data: RunRequest) =>
    service.publish(emit(retrainingRequestedV1, data), { correlationId: data.cycleId });
  const shown = async (runId: string): Promise<RunDetail> =>
    (await (await fetch(`${service.url}/api/v1/runs/${runId}`)).json()) as RunDetail;
  const types = ({ events }: RunDetail) => events.map(({ type }) => type as string);
  const queued = (runId: string) =>
    eventually(async () => ((await shown(runId)).state === 'queued' ? true : undefined));
  const trainer = async () => {
    const started = await startTrainer({ ...environment, PIPELINES: service.folder });
    children.push(started.child);
    return started;
  };

  it('goes on with the training of one that was killed, to the very bits', async () => {
    const data = asked(resumed);
    await send(data);
    const { child: victim } = await trainer();
    await eventually(async () => (types(await shown(data.runId)).includes('checkpoint-kept') ? true : undefined));
    victim.kill('SIGKILL');
    await once(victim, 'exit');
    expect((await shown(data.runId)).state).toBe('running');
    const heir = await trainer();
    const [completed] = await service.recorder.wait(runCompletedV1, ofRun(data.runId));
    expect(completed?.data.checkpoint.digest).toBe(await undisturbed(data, yaml));
    const [, second] = service.recorder.of(runStartedV1, ofRun(data.runId));
    expect(second?.data.claim).toBe(2);
    const progress = service.recorder.of(runProgressedV1, ofRun(data.runId));
    const since = String(second?.time);
    const epochs = progress.filter(({ time }) => String(time) > since).map((event) => event.data.epoch);
    expect(Math.min(...epochs)).toBeGreaterThan(2);
    const metrics = await (await fetch(`${heir.url}/metrics`)).text();
    expect(metrics).toMatch(/perennial_training_checkpoints_total\{outcome="resumed",service="trainer"\} 1/);
    expect(await shown(data.runId)).toMatchObject({ state: 'completed', claims: 2 });
    // Nothing of it stays behind, by whichever trainer.
    const left = service.database.collection('checkpoints.files');
    await eventually(async () => ((await left.countDocuments()) === 0 ? true : undefined));
    // Told once they are deleted.
    await eventually(async () => (types(await shown(data.runId)).at(-1) === 'checkpoints-deleted' ? true : undefined));
    heir.child.kill('SIGTERM');
    await once(heir.child, 'exit');
  }, 240_000);

  const job = (...args: string[]) => {
    const { KAFKA_BROKERS: brokers = '', MONGO_URL: store = '', ...rest } = environment;
    const { FEATURE_STORE_URL: features = '', PREPROCESSING_URL: preprocessing = '', ...env } = rest;
    const options = ['--brokers', brokers, '--store', store, '--feature-store', features];
    const started = startJob(
      ['run', ...args, ...options, '--preprocessing', preprocessing, '--pipelines', service.folder],
      env,
    );
    children.push(started.child);
    return started;
  };
  const ended = (...args: string[]): Promise<EndedJob> => job(...args).ended;

  it('may be a job that trains one run and ends', async () => {
    const data = asked(jobs);
    await send(data);
    await queued(data.runId);
    const outcome = join(folder, 'made', 'outcome.json');
    const { exit, out } = await ended('--run-id', data.runId, '--outcome', outcome);
    expect([exit, out]).toEqual([0, expect.stringMatching(`run ${data.runId} is completed: F1 [01]\\.`)]);
    const [completed] = await service.recorder.wait(runCompletedV1, ofRun(data.runId));
    expect(JSON.parse(await readFile(outcome, 'utf8'))).toEqual(completed?.data);
    expect(completed?.data.checkpoint.digest).toBe(await undisturbed(data, pipelineYaml(jobs)));
    const again = await ended('--run-id', data.runId);
    expect([again.exit, again.out]).toEqual([0, expect.stringContaining('was completed before')]);
    expect((await shown(data.runId)).claims).toBe(1);
  }, 180_000);

  it('may be a job that takes the run whose turn it is, and says why one failed', async () => {
    const dry = asked(jobs, { batches: ['dry'] });
    await send(dry);
    await queued(dry.runId);
    expect(await ended('--next')).toMatchObject({ exit: 1, out: expect.stringContaining('(training.one-class)') });
    await service.recorder.wait(runFailedV1, ofRun(dry.runId));
    expect(await ended('--run-id', dry.runId)).toMatchObject({
      exit: 1,
      out: expect.stringContaining('failed before'),
    });
  }, 180_000);

  it('may be a job that leaves a run to the trainer that holds it, and hands its own back when it is stopped', async () => {
    const data = asked(endless);
    await send(data);
    await queued(data.runId);
    const first = job('--run-id', data.runId);
    await service.recorder.wait(runStartedV1, ofRun(data.runId));
    expect(await ended('--run-id', data.runId)).toMatchObject({
      exit: 2,
      out: expect.stringContaining('is held by another trainer'),
    });
    first.child.kill('SIGTERM');
    expect(await first.ended).toMatchObject({ exit: 2, out: `run ${data.runId} is queued again\n` });
    const after = await shown(data.runId);
    expect([after.state, types(after).at(-1)]).toEqual(['queued', 'run-handed-back']);
  }, 180_000);

  it('says what is wrong with its configuration', async () => {
    await writeFile(join(folder, 'wrong.yaml'), 'kind: Pipeline');
    const wrong = startJob(['run', '--next', '--pipelines', join(folder, 'wrong.yaml')], environment);
    expect(await wrong.ended).toMatchObject({ exit: 1, err: expect.stringContaining('wrong.yaml') });
  }, 60_000);
});
