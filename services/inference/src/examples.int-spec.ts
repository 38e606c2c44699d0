import { execFile, execFileSync, spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { credit } from './testing/artifact.examples';
import { serveCreditModel, type ServedModel, VERSION } from './testing/served.model';

const folder = resolve(__dirname, '../../../examples/clients');
/** A fresh machine of a user has no Go; where it must be there, that it is missing fails. */
const hasGo = process.env.REQUIRE_GO === '1' || spawnSync('go', ['version']).status === 0;

let served: ServedModel;
let built: string;

beforeAll(async () => {
  built = await mkdtemp(join(tmpdir(), 'examples-'));
  served = await serveCreditModel({});
}, 120_000);

afterAll(async () => {
  await served?.close();
  await rm(built, { recursive: true, force: true });
}, 60_000);

/** What POST /predict says of a row besides. */
const named = () => ({ model: served.model, arm: 'stable', model_version: VERSION });

/** Every line that a program prints is JSON. */
async function run(command: string, args: readonly string[]): Promise<Record<string, unknown>[]> {
  const all = [...args, served.service.url, served.model];
  const { stdout } = await promisify(execFile)(command, all, { cwd: folder, timeout: 120_000 });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const expected = {
  probability: expect.closeTo(credit.probabilities[0]!, 5),
  prediction: credit.probabilities[0]! >= 0.42 ? 1 : 0,
  prediction_id: expect.any(String),
};

it('curl', async () => {
  const [single, many, inferred] = await run('bash', ['predict.sh']);
  expect(single).toEqual({ ...expected, ...named() });
  expect(many?.predictions).toEqual([
    { ...expected, ...named() },
    expect.objectContaining({ probability: expect.closeTo(credit.probabilities[1]!, 5) }),
  ]);
  expect(inferred?.outputs).toEqual([expect.objectContaining({ name: 'probability', data: [expected.probability] })]);
});

it('Python', async () => {
  expect(await run('python3', ['predict.py'])).toEqual([{ ...expected, ...named() }, expected]);
});

it('TypeScript', async () => {
  const compiler = resolve(folder, '../../node_modules/typescript/bin/tsc');
  const options = ['--outDir', built, '--target', 'es2022', '--module', 'nodenext', '--strict', '--skipLibCheck'];
  execFileSync(process.execPath, [compiler, 'src/predict.main.ts', ...options], { cwd: folder });
  expect(await run(process.execPath, [join(built, 'predict.main.js')])).toEqual([
    { ...expected, ...named() },
    expected,
  ]);
}, 120_000);

if (hasGo) {
  it('Go', async () => {
    execFileSync('go', ['build', '-o', join(built, 'predict'), '.'], { cwd: join(folder, 'go') });
    expect(await run(join(built, 'predict'), [])).toEqual([{ ...expected, ...named() }, expected]);
  }, 300_000);
}
