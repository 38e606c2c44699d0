import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { copyFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runStartedV1 } from '@perennial/contracts';
import type { IntegrityReport } from '@perennial/integrity';
import { defaultArtifacts } from '@perennial/local-stack';
import { type BrokerRecord, silentLogger } from '@perennial/messaging';
import { kafkaConfigSchema, KafkaPublisher, scanTopics } from '@perennial/messaging-kafka';
import { type Db, MongoClient } from 'mongodb';

// A platform of its own with its own broker and database: what others left on a shared broker is none of its events.
const root = resolve(__dirname, '../../..');
const main = join(root, 'tools/cli/dist/main.js');
const generator = join(root, 'examples/tiny/dist/generate.main.js');
const day = '2026-03-02';

interface Ended {
  exit: number;
  out: string;
  err: string;
}

interface Report extends IntegrityReport {
  unfinished: string[];
}

let home: string;
let environment: NodeJS.ProcessEnv;
let addresses: { kafka: string; mongo: string };

function execute(file: string, args: readonly string[]): Promise<Ended> {
  return new Promise((done) => {
    execFile(process.execPath, [file, ...args], { env: environment, maxBuffer: 50_000_000 }, (error, out, err) =>
      done({ exit: typeof error?.code === 'number' ? error.code : error ? 1 : 0, out, err }),
    );
  });
}

async function perennial<T>(...args: string[]): Promise<T> {
  const { exit, out, err } = await execute(main, [...args, '--json']);
  if (exit !== 0) throw new Error(`perennial ${args.join(' ')} exited ${exit}\n${err}`);
  return JSON.parse(out) as T;
}

async function verify(...args: string[]): Promise<{ exit: number; report: Report; err: string }> {
  const { exit, out, err } = await execute(main, ['verify', ...args, '--json']);
  return { exit, report: JSON.parse(out) as Report, err };
}

const named = ({ results }: Report, outcome: string) =>
  results.filter(({ finding }) => finding.outcome === outcome).map(({ name }) => name);

async function withDatabase<T>(work: (database: Db) => Promise<T>): Promise<T> {
  const client = await MongoClient.connect(addresses.mongo);
  try {
    return await work(client.db());
  } finally {
    await client.close();
  }
}

/** The raw file of the day, which the database holds as pieces. */
const loseRawFile = () =>
  withDatabase(async (database) => {
    const { deletedCount } = await database.collection('raw_data.files').deleteMany({});
    expect(deletedCount).toBeGreaterThan(0);
    await database.collection('raw_data.chunks').deleteMany({});
  });

/** As a trainer that forgot that it had said so. */
async function tellAgain(): Promise<void> {
  const kafka = kafkaConfigSchema.parse({ brokers: [addresses.kafka] });
  const found: BrokerRecord[] = [];
  await scanTopics(kafka, [runStartedV1.topic.name], silentLogger, (record) => {
    if (record.headers.ce_type?.toString() === runStartedV1.type) found.push(record);
  });
  const { topic, key, value, headers } = found[0]!;
  const publisher = new KafkaPublisher(kafka, silentLogger);
  await publisher.publish([{ topic, key, value, headers: { ...headers, ce_id: randomUUID() } }]);
  await publisher.close();
}

const addProductionVersion = () =>
  withDatabase(async (database) => {
    const versions = database.collection<{ _id: string; version: string }>('model_metadata');
    const { _id, ...version } = (await versions.findOne({ state: 'production' }))!;
    expect(_id).toMatch(/^tiny\//);
    await versions.insertOne({
      ...version,
      _id: 'tiny/19990101_000000',
      version: '19990101_000000',
      attempt: 9,
    } as never);
  });

describe('perennial verify', () => {
  jest.setTimeout(600_000);

  beforeAll(async () => {
    for (const file of [main, generator]) if (!existsSync(file)) throw new Error(`${file} is missing; build first`);
    home = mkdtempSync(join(tmpdir(), 'perennial-verify-'));
    const inherited = Object.entries(process.env).filter(
      ([name]) => !/^(KAFKA_|MONGO_|PERENNIAL_|PIPELINES$)/.test(name),
    );
    const places = { PERENNIAL_HOME: home, PERENNIAL_ARTIFACTS: process.env.PERENNIAL_ARTIFACTS || defaultArtifacts() };
    const brisk = { JUDGEMENT_POLL_MS: '100', TRAINER_POLL_INTERVAL_MS: '200', INFERENCE_HEARTBEAT_SECONDS: '2' };
    environment = { ...Object.fromEntries(inherited), ...places, ...brisk };
    mkdirSync(join(home, 'pipelines'));
    await copyFile(join(root, 'examples/tiny/pipeline.yaml'), join(home, 'pipelines', 'tiny.yaml'));
    addresses = await perennial('up', '--pipelines', join(home, 'pipelines'));
    const file = join(home, 'day.csv');
    await execute(generator, ['--day', day, '--rows', '400', '--out', file]);
    // A weight beyond the maximum: refused, and kept with its reason.
    appendFileSync(file, 'too-heavy,2026-03-02,true,north,6000,late\n');
    await perennial('submit', file, '--pipeline', 'tiny', '--day', day, '--wait');
  });

  afterAll(async () => {
    await execute(main, ['down']);
    rmSync(home, { recursive: true, force: true });
  });

  it('proves what it can of an installation that has worked, and says of the rest that there is nothing', async () => {
    const { exit, report, err } = await verify();
    expect({ err, violated: named(report, 'violated'), unfinished: report.unfinished }).toEqual({
      err: '',
      violated: [],
      unfinished: [],
    });
    expect(exit).toBe(0);
    const rows = report.results.find(({ name }) => name === 'accepted-rows-stored-once')!.finding;
    expect(rows).toMatchObject({ outcome: 'proved', checked: 400 });
    expect(named(report, 'proved')).toEqual(
      expect.arrayContaining([
        'quarantined-rows-have-reasons',
        'verdict-on-held-out-rows',
        'lineage-complete',
        'replicas-converge',
        'topics-match-outboxes',
        'offsets-behind-effects',
      ]),
    );
    expect(report).toMatchObject({ violated: 0, unobserved: 0 });
  });

  it('finds a lost file, an event told twice and a second version in production, and nothing else', async () => {
    await loseRawFile();
    await tellAgain();
    await addProductionVersion();
    const { exit, report, err } = await verify();
    expect(exit).toBe(1);
    expect(err).toContain('GUARANTEE_VIOLATED');
    expect(named(report, 'violated').sort()).toEqual([
      'accepted-rows-stored-once',
      'facts-told-once',
      'files-match-their-digests',
      'services-agree-on-serving',
      'topics-match-outboxes',
      'versions-registered-once',
    ]);
  });

  it('shows the events around what it found, of one pipeline where it is asked for one', async () => {
    const { exit, out } = await execute(main, ['verify', '--pipeline', 'tiny', '--since', '2026-03-03']);
    expect(exit).toBe(1);
    expect(out).toMatch(/facts-told-once +VIOLATED/);
    expect(out).toMatch(/facts-told-once: Run started tiny\.2026-03-02\.1 1: told by 2 events/);
    expect(out).toMatch(/^> .*training\.v1\.run-started/m);
    expect(out).not.toContain('topics-match-outboxes');
    // Rows of earlier days are not read.
    expect(out).not.toMatch(/accepted-rows-stored-once +VIOLATED/);
  });

  it('refuses a pipeline that it does not know', async () => {
    const { exit, err } = await execute(main, ['verify', '--pipeline', 'none']);
    expect(exit).toBe(2);
    expect(err).toContain('no pipeline has this name');
  });
});
