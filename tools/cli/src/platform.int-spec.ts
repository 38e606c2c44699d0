import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient } from 'mongodb';

// The command line as a person runs it, on the real broker and database: the built one, as its processes are.
const root = resolve(__dirname, '../../..');
const main = join(root, 'tools/cli/dist/main.js');
const generator = join(root, 'examples/tiny/dist/generate.main.js');
const id = randomUUID().slice(0, 8);
const pipeline = `tiny-${id}`;
const database = `cli_${id}`;

interface Ended {
  exit: number;
  out: string;
  err: string;
}

function execute(file: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  return new Promise((done) => {
    const options = { cwd: root, env, maxBuffer: 50_000_000 };
    execFile(process.execPath, [file, ...args], options, (error, out, err) =>
      done({ exit: typeof error?.code === 'number' ? error.code : error ? 1 : 0, out, err }),
    );
  });
}

let directory: string;
let environment: NodeJS.ProcessEnv;
let declared: string;

const perennial = (args: readonly string[], extra: NodeJS.ProcessEnv = {}) =>
  execute(main, args, { ...environment, ...extra });

async function json<T>(args: readonly string[]): Promise<T> {
  const { exit, out, err } = await perennial([...args, '--json']);
  if (exit !== 0) throw new Error(`perennial ${args.join(' ')} exited ${exit}\n${err}`);
  return JSON.parse(out) as T;
}

async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (let attempt = 0; attempt < 240; attempt += 1) {
    const found = await look();
    if (found !== undefined) return found;
    await sleep(500);
  }
  throw new Error(`${what} did not happen`);
}

interface Status {
  ready: boolean;
  services: { service: string; ready: boolean; pid: number; restarts: number }[];
  deployments: { pipeline: string; serving: string | null }[];
}

interface Cycle {
  status: string;
  judgements: { judgement: { metrics: { f1: { value: number } } } }[];
}

async function day(date: string): Promise<string> {
  const file = join(directory, `${date}.csv`);
  await execute(generator, ['--day', date, '--rows', '400', '--out', file], environment);
  return file;
}

beforeAll(() => {
  const { KAFKA_BROKERS, MONGO_URL } = process.env;
  if (!KAFKA_BROKERS || !MONGO_URL) throw new Error('KAFKA_BROKERS and MONGO_URL must name real servers');
  for (const file of [main, generator]) if (!existsSync(file)) throw new Error(`${file} is missing; build first`);
  directory = mkdtempSync(join(tmpdir(), 'perennial platform '));
  declared = join(directory, 'pipeline.yaml');
  const tiny = readFileSync(join(root, 'examples/tiny/pipeline.yaml'), 'utf8');
  writeFileSync(
    declared,
    tiny.replace('name: tiny\n', `name: ${pipeline}\n`).replace('name: parcels', `name: p-${id}`),
  );
  const own = { PERENNIAL_HOME: join(directory, 'home'), MONGO_DATABASE: database, GROUP_SUFFIX: `-${id}` };
  environment = { ...process.env, ...own, LOG_LEVEL: 'warn', NO_COLOR: '1' };
});

afterAll(async () => {
  await perennial(['down']);
  const client = new MongoClient(process.env.MONGO_URL as string);
  await client.db(database).dropDatabase();
  await client.close();
  rmSync(directory, { recursive: true, force: true });
});

jest.setTimeout(300_000);

describe('the platform in one process', () => {
  it('starts, says where everything is, and is found by a second start', async () => {
    const addresses = await json<Record<string, unknown>>(['up', '--pipelines', declared]);
    const http = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(addresses).toEqual({
      platform: http,
      inference: { http, grpc: expect.stringMatching(/^127\.0\.0\.1:\d+$/) },
      mlflow: http,
      features: http,
      kafka: process.env.KAFKA_BROKERS,
      mongo: process.env.MONGO_URL,
    });
    const { services } = await json<Status>(['status']);
    expect(await json(['up'])).toEqual(addresses);
    expect((await json<Status>(['status'])).services).toEqual(services);
  });

  it('is not taken for one with other pipelines', async () => {
    const other = join(root, 'examples/credit-default/pipeline.yaml');
    expect(await perennial(['up', '--pipelines', other])).toMatchObject({
      exit: 1,
      err: expect.stringContaining('perennial down'),
    });
  });

  it('has nine services, each ready', async () => {
    const { ready, services } = await json<Status>(['status']);
    expect(ready).toBe(true);
    expect(services).toHaveLength(9);
    expect(new Set(services.map(({ pid }) => pid)).size).toBe(1);
  });

  it('trains a first model on the reference day, serves it, and judges it on the next', async () => {
    const submit = async (date: string) =>
      json<{ rows: number; cycle: Cycle }>(['submit', await day(date), '-p', pipeline, '-d', date, '--wait']);
    const first = await submit('2026-03-02');
    expect(first).toMatchObject({ rows: 400, cycle: { status: 'promoted' } });
    const serving = await eventually('a rollout', async () => {
      const { deployments } = await json<Status>(['status']);
      return deployments.find((each) => each.pipeline === pipeline)?.serving ?? undefined;
    });
    const instance = ['shipped_on=2026-03-01', 'express=false', 'carrier=river', 'weight_kg=12.5'];
    const { predictions } = await json<{ predictions: { probability: number; model_version: string }[] }>([
      ...['predict', '-p', pipeline, '--instance', ...instance],
    ]);
    expect(predictions[0]?.model_version).toBe(serving);
    expect(predictions[0]?.probability).toBeGreaterThan(0.5);
    expect(['kept', 'promoted']).toContain((await submit('2026-03-03')).cycle.status);
  });

  it('shows cycles, runs and versions', async () => {
    const { cycles } = await json<{ cycles: { day: string }[] }>(['cycles', '-p', pipeline]);
    expect(cycles.map((cycle) => cycle.day)).toEqual(['2026-03-03', '2026-03-02']);
    const cycle = await json<Cycle>(['cycles', '-p', pipeline, '-d', '2026-03-02']);
    expect(cycle.judgements[0]?.judgement.metrics.f1.value).toBeGreaterThanOrEqual(0.6);
    const { out } = await perennial(['cycles', '-p', pipeline, '-d', '2026-03-02']);
    expect(out).toMatch(/attempt 1 +train .*passed \(at least 0\.6\)/);
    const { runs } = await json<{ runs: { state: string }[] }>(['runs', '-p', pipeline]);
    expect(runs.at(-1)?.state).toBe('completed');
    const { versions } = await json<{ versions: { state: string }[] }>(['models', pipeline]);
    expect(versions.map(({ state }) => state)).toContain('production');
  });

  it('pushes nothing of a file that breaks in the middle', async () => {
    const file = join(directory, 'broken.csv');
    writeFileSync(file, `${readFileSync(await day('2026-03-04'), 'utf8')}too,few\n`);
    const { exit, err } = await perennial(['submit', file, '-p', pipeline, '-d', '2026-03-04']);
    expect({ exit, err }).toMatchObject({ exit: 2, err: expect.stringContaining('line 402') });
    const { platform } = await json<{ platform: string }>(['up']);
    expect((await fetch(`${platform}/api/v1/datasets/p-${id}/days/2026-03-04`)).status).toBe(404);
  });

  it('names what there is when asked for what there is not', async () => {
    const file = await day('2026-03-05');
    expect(await perennial(['submit', file, '-p', 'nope', '-d', '2026-03-05'])).toMatchObject({
      exit: 2,
      err: expect.stringContaining(pipeline),
    });
    expect((await perennial(['cycles', '-p', pipeline, '-d', '2020-01-01'])).exit).toBe(2);
    const back = ['rollback', pipeline, '--to', '20200101_000000', '--by', 'ann', '--reason', 'try'];
    expect((await perennial(back)).exit).not.toBe(0);
  });

  it('stops, once', async () => {
    const { platform } = await json<{ platform: string }>(['up']);
    expect(await json(['down'])).toEqual({ stopped: ['platform'] });
    expect(await json(['down'])).toEqual({ stopped: [] });
    await expect(fetch(platform)).rejects.toThrow();
    expect((await perennial(['status'])).exit).toBe(3);
  });
});

describe('a start that cannot succeed', () => {
  it('names the service and the reason, and leaves nothing behind', async () => {
    const { exit, err } = await perennial(['up', '--pipelines', declared], { TRAINER_CONCURRENCY: 'many' });
    expect(exit).toBe(1);
    expect(err).toContain('TRAINER_CONCURRENCY');
    expect((await perennial(['status'])).exit).toBe(3);
  });
});

describe('the platform with a process for each service', () => {
  it('starts a killed service again', async () => {
    await json(['up', '--separate', '--pipelines', declared]);
    const { services } = await json<Status>(['status']);
    expect(new Set(services.map(({ pid }) => pid)).size).toBe(9);
    const killed = services.find(({ service }) => service === 'deployer')?.pid as number;
    process.kill(killed, 'SIGKILL');
    const healed = await eventually('a restart', async () => {
      const now = (await json<Status>(['status'])).services.find(({ service }) => service === 'deployer');
      return now?.ready && now.restarts === 1 ? now : undefined;
    });
    expect(healed.pid).not.toBe(killed);
    expect(await json(['down'])).toEqual({ stopped: ['platform'] });
  });
});
