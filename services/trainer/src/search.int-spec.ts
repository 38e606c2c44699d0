import type { ChildProcess } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ParquetSource, writeParquet } from '@perennial/columns';
import {
  retrainingRequestedV1,
  runCompletedV1,
  topics,
  trialCompletedV1,
  trialFailedV1,
  trialRequestedV1,
} from '@perennial/contracts';
import { estimatorConfig, trainEstimator } from '@perennial/estimators';
import { emit } from '@perennial/messaging';
import { decide, evolveAll, type Search, type SearchEvent, type Trial } from '@perennial/search';
import { eventually, type ServiceUnderTest, startForTest } from '@perennial/service-testing';
import type { RunDetail } from './application/show.runs';
import { improvementRows } from './domain/improvement.rows';
import { trialPlan } from './domain/search.plan';
import { trainingPlan } from './domain/training.plan';
import { trainerService } from './service';
import { PeerServices } from './testing/peer.services';
import {
  exampleFitted,
  examplePipeline,
  exampleRequest,
  featureTable,
  rainRows,
  searchYaml,
} from './testing/run.examples';
import { commandOf } from './testing/search.commands';
import { startTrainer } from './testing/trainer.process';

const pipeline = `shared-${randomUUID().slice(0, 8)}`;
const trials = 6;
/** Each trial trains for some seconds, so that two of them overlap. */
const yaml = searchYaml(pipeline, `budget: { trials: ${trials} }, parallel: 2`).replaceAll('epochs: 8', 'epochs: 2500');
const runId = `${pipeline}.2026-01-04.1`;
const request = exampleRequest({ pipeline, runId, cycleId: `${pipeline}/2026-01-04`, batches: ['good'] });

describe('a search on two trainers, one of which is killed in the midst of a trial', () => {
  const peers = new PeerServices();
  let folder: string;
  let victim: ChildProcess;
  let heir: ServiceUnderTest;
  let killedIn: string[];
  let run: RunDetail;

  const ofRun = (data: { runId: string }) => data.runId === runId;
  const tasks = () => heir.database.collection<{ _id: string; state: string }>('training_trials');
  const inState = async (state: string) => (await tasks().find({ state }).toArray()).map(({ _id }) => _id);
  const detail = async () => (await (await fetch(`${heir.url}/api/v1/runs/${runId}`)).json()) as RunDetail;

  beforeAll(async () => {
    peers.batches.set('good', rainRows(400));
    const peersUrl = await peers.start();
    folder = await mkdtemp(join(tmpdir(), 'trainer-'));
    await writeFile(join(folder, 'pipeline.yaml'), yaml);
    const env = {
      ...process.env,
      ...{ FEATURE_STORE_URL: peersUrl, PREPROCESSING_URL: peersUrl },
      ...{ TRAINER_LEASE_MS: '6000', TRAINER_HEARTBEAT_MS: '300', TRAINER_POLL_INTERVAL_MS: '200' },
      ...{ KAFKA_SESSION_TIMEOUT_MS: '6000', MONGO_DATABASE: `test-${pipeline}`, GROUP_SUFFIX: `-${pipeline}` },
    };
    ({ child: victim } = await startTrainer({ ...env, PIPELINES: folder, PORT: '0', LOG_LEVEL: 'warn' }));
    const record = [topics.runs, topics.trials];
    heir = await startForTest(trainerService, { env, pipelines: [yaml], record });
    await heir.publish(emit(retrainingRequestedV1, request), { times: 2, correlationId: request.cycleId });
    killedIn = await eventually(killed, 60_000);
    await heir.recorder.wait(runCompletedV1, ofRun);
    run = await detail();
  }, 180_000);

  afterAll(async () => {
    victim?.kill('SIGKILL');
    await heir?.close();
    await peers.stop();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  /** Kills it while both train one trial each, and tells which; each takes up one at a time. */
  async function killed(): Promise<string[] | undefined> {
    if ((await inState('running')).length < 2) return undefined;
    victim.kill('SIGSTOP');
    const running = await inState('running');
    if (running.length < 2) {
      victim.kill('SIGCONT');
      return undefined;
    }
    const exited = once(victim, 'exit');
    victim.kill('SIGKILL');
    await exited;
    return running;
  }

  it('trains every trial once, and that of the killed trainer once more', () => {
    const completed = heir.recorder.of(trialCompletedV1, ofRun).map(({ data }) => data);
    expect(completed.map(({ trial }) => trial).sort()).toEqual(Array.from({ length: trials }, (_, n) => n + 1));
    const again = completed.filter(({ claim }) => claim > 1);
    expect(again.map(({ claim }) => claim)).toEqual([2]);
    expect(killedIn).toContain(`${runId}/${again[0]?.trial}.0`);
    expect(heir.recorder.of(trialRequestedV1, ofRun)).toHaveLength(trials);
    expect(heir.recorder.of(trialFailedV1, ofRun)).toEqual([]);
  });

  it('decides as one decider alone would on the same outcomes', () => {
    const history = run.events.flatMap((event) => (event.type === 'search-advanced' ? [event.data.events] : []));
    let alone: Search | null = null;
    for (const events of history) {
      expect(decide(alone, commandOf(events[0] as SearchEvent))).toEqual(events);
      alone = evolveAll(alone, events);
    }
    expect(alone).toMatchObject({ ended: 'trials' });
    const ended = history.flat().at(-1) as Extract<SearchEvent, { type: 'search-ended' }>;
    expect(run.outcome).toMatchObject({ hyperparameters: { trials }, validation: { f1: ended.best?.score } });
  });

  it('offers what its best configuration gives without any service around it', async () => {
    const [best] = run.search?.trials ?? [];
    const { kind, parameters } = best as { kind: string; parameters: Trial['configuration']['parameters'] };
    const declared = examplePipeline(pipeline, () => yaml);
    const { model, settings, rounds } = trialPlan(declared, { kind, parameters }, 1);
    const { training } = trainingPlan(declared, request);
    const source = await ParquetSource.open(writeParquet(featureTable(rainRows(400))));
    const config = estimatorConfig(exampleFitted, model);
    const rows = await improvementRows(source, config, request);
    const trained = { ...settings, seed: training.seed, ...rounds };
    const { checkpoint, validation } = await trainEstimator({ model: config, training: trained, ...rows }, {});
    expect(validation.f1).toBe(best?.score);
    const digest = createHash('sha256').update(checkpoint).digest('hex');
    expect(run.outcome?.checkpoint.digest).toBe(`sha256:${digest}`);
  }, 60_000);

  it('leaves nothing of its trials behind', async () => {
    await eventually(async () => ((await tasks().countDocuments()) === 0 ? true : undefined), 30_000);
    expect(await heir.database.collection('trial_models.files').countDocuments()).toBe(0);
    expect(await heir.database.collection('artifacts.files').countDocuments()).toBe(2);
  }, 60_000);
});
