import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { MongoClient } from 'mongodb';

// A model that was trained elsewhere, from its file to answers, on the real broker and database.
const root = resolve(__dirname, '../../..');
const main = join(root, 'tools/cli/dist/main.js');
const golden = join(root, 'libs/onnx-file/golden');
const id = randomUUID().slice(0, 8);
const pipeline = `people-${id}`;
const database = `byo_${id}`;
const day = '2026-03-02';

/** Trees of one leaf, which learn nothing whatever the seed: the submitted model finds no other in service. */
const declaration = `
apiVersion: perennial/v1
kind: Pipeline
name: ${pipeline}
owner: risk@bank.example
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns:
    - { name: id, type: string, nullable: false }
    - { name: amount, type: number, minimum: 0 }
    - { name: age, type: integer, nullable: false, minimum: 0, maximum: 120 }
    - { name: gender, type: category, values: ['1', '2'], nullable: false }
    - { name: region, type: category, values: [north, south, east, west] }
    - { name: y, type: integer }
reference: { day: '${day}' }
model: { kind: lightgbm, minDataInLeaf: 100000 }
gate: { metric: accuracy, threshold: 0.8, decisionThreshold: 0.5, minimumRows: 100 }
improvement: { maxAttempts: 1, attempts: [{ strategy: train }] }
`;

const EFFECTS = { north: 0.8, south: -0.6, east: 0.1, west: 0 };

/** Rows after the rule that the file was trained on, without its noise. */
function people(rows: number): string {
  const lines = ['id,amount,age,gender,region,y'];
  for (let row = 0; row < rows; row += 1) {
    const amount = (row * 37) % 8000;
    const age = 18 + ((row * 13) % 62);
    const region = (['north', 'south', 'east', 'west'] as const)[(row * 7) % 4] ?? 'west';
    const score = 0.0004 * amount - 0.04 * age + 0.5 + EFFECTS[region];
    lines.push([`r${row}`, amount, age, 1 + ((row * 3) % 2), region, score > 0 ? 1 : 0].join());
  }
  return `${lines.join('\n')}\n`;
}

let directory: string;
let environment: NodeJS.ProcessEnv;

function perennial(...args: string[]): Promise<{ exit: number; out: string; err: string }> {
  return new Promise((done) => {
    const options = { cwd: root, env: environment, maxBuffer: 50_000_000 };
    execFile(process.execPath, [main, ...args], options, (error, out, err) =>
      done({ exit: typeof error?.code === 'number' ? error.code : error ? 1 : 0, out, err }),
    );
  });
}

async function json<T>(...args: string[]): Promise<T> {
  const { exit, out, err } = await perennial(...args, '--json');
  if (exit !== 0) throw new Error(`perennial ${args.join(' ')} exited ${exit}\n${err}`);
  return JSON.parse(out) as T;
}

beforeAll(() => {
  const { KAFKA_BROKERS, MONGO_URL } = process.env;
  if (!KAFKA_BROKERS || !MONGO_URL) throw new Error('KAFKA_BROKERS and MONGO_URL must name real servers');
  if (!existsSync(main)) throw new Error(`${main} is missing; build first`);
  directory = mkdtempSync(join(tmpdir(), 'perennial-model-'));
  const own = { PERENNIAL_HOME: join(directory, 'home'), MONGO_DATABASE: database, GROUP_SUFFIX: `-${id}` };
  environment = { ...process.env, ...own, LOG_LEVEL: 'warn', NO_COLOR: '1' };
  writeFileSync(join(directory, 'pipeline.yaml'), declaration);
  writeFileSync(join(directory, 'day.csv'), people(600));
});

afterAll(async () => {
  await perennial('down');
  const client = new MongoClient(process.env.MONGO_URL as string);
  await client.db(database).dropDatabase();
  await client.close();
  rmSync(directory, { recursive: true, force: true });
});

jest.setTimeout(600_000);

interface Outcome {
  name: string;
  state: string;
  version: string;
  versionState: string;
}

const submit = ['model', 'submit', join(golden, 'sklearn-columns.onnx'), '-p', pipeline, '--by', 'ada'];

describe('a model that was trained elsewhere', () => {
  let accepted: Outcome;

  it('is judged on the day that is there, and becomes a version', async () => {
    await json('up', '--pipelines', join(directory, 'pipeline.yaml'));
    const pushed = await perennial('submit', join(directory, 'day.csv'), '-p', pipeline, '-d', day, '--wait');
    expect(pushed).toMatchObject({ exit: 1, err: expect.stringContaining('no model that passes') });
    accepted = await json<Outcome>(...submit);
    expect(accepted.state).toBe('accepted');
    expect(await json<Outcome>(...submit)).toMatchObject({ name: accepted.name, version: accepted.version });
    const { versions } = await json<{ versions: object[] }>('models', pipeline);
    expect(versions).toMatchObject([
      { version: accepted.version, strategy: 'submitted', submission: { submittedBy: 'ada' }, checkpoint: null },
    ]);
  });

  it('answers as whoever trained it saw it answer', async () => {
    const { rows, probabilities } = JSON.parse(readFileSync(join(golden, 'golden.json'), 'utf8')) as {
      rows: object[];
      probabilities: Record<string, number[]>;
    };
    let answer: { predictions: { probability: number; model_version: string }[] } | undefined;
    for (let tries = 0; answer === undefined && tries < 120; tries += 1) {
      answer = await json<typeof answer>('predict', '-p', pipeline, '--data', JSON.stringify(rows)).catch(
        () => undefined,
      );
    }
    expect(new Set(answer?.predictions.map(({ model_version }) => model_version))).toEqual(new Set([accepted.version]));
    const expected = probabilities['sklearn-columns'] ?? [];
    expect(answer?.predictions.map(({ probability }) => probability)).toEqual(
      expected.map((value) => expect.closeTo(value, 6)),
    );
  });

  it('is refused with its field and rule where it does not fit', async () => {
    const wrong = await perennial(...submit.with(2, join(golden, 'lightgbm.onnx')), '--columns', 'amount,age,sex');
    expect(wrong).toMatchObject({ exit: 2, err: expect.stringMatching(/columns is "sex": must be a feature of/) });
  });

  it('is refused with the scores where it is not better', async () => {
    const other = await perennial(...submit, '--positive', '0');
    expect(other).toMatchObject({ exit: 1, err: expect.stringMatching(/refused: not-passed: accuracy is 0\.\d+/) });
  });

  it('leaves a history in which every guarantee holds', async () => {
    const { exit, out, err } = await perennial('verify', '-p', pipeline); // others use this broker too
    expect({ exit, told: exit === 0 ? '' : out + err }).toEqual({ exit: 0, told: '' });
  });
});
