import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Worker } from 'node:worker_threads';
import { numericColumn, stringColumn, type Table } from '@perennial/columns';
import { fieldsOf } from '@perennial/onnx-file';
import { openModel, type LoadedModel } from './loaded-model';
import { credit, creditModel, withMetadata } from './testing/credit.fixture';
import { content } from './testing/onnx.bytes';
import { spawnWorker, workerFile, type SpawnWorker } from './worker.spawn';

// Each model that is opened for the first time is tried in a process of its own.
jest.setTimeout(60_000);

const options = { name: 'credit-default', version: '20260101_000000' };
const row = credit.rows[0]!;

function creditTable(rows: number): Table {
  const cell = (r: number, name: string) => credit.rows[r % 3]![name];
  const range = Array.from({ length: rows }, (_, r) => r);
  const numbers = (name: string) => Float64Array.from(range, (r) => (cell(r, name) as number | null) ?? NaN);
  const strings = (name: string) => range.map((r) => cell(r, name) as string | null);
  return {
    rows,
    columns: [
      stringColumn('education', strings('education')),
      numericColumn('limit_bal', 'number', numbers('limit_bal')),
      numericColumn('age', 'integer', numbers('age')),
      numericColumn('approved_on', 'date', numbers('approved_on')),
      stringColumn('sex', strings('sex')),
    ],
  };
}

function expectClose(found: Float64Array, expected: number[]): void {
  expect(found.length).toBe(expected.length);
  expected.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 6));
}

/** Starts real workers, and hands them out so that a test can end them. */
function observedWorkers() {
  const workers: Worker[] = [];
  const spawn: SpawnWorker = (start) => {
    const worker = spawnWorker(start);
    workers.push(worker);
    return worker;
  };
  return { workers, spawn };
}

describe('a loaded model', () => {
  let model: LoadedModel;
  beforeAll(async () => {
    model = await openModel(creditModel, options);
  });
  afterAll(() => model?.close());

  it('tells its signature, threshold and metadata', () => {
    expect(model).toMatchObject({ ...options, decisionThreshold: 0.42 });
    expect(model.metadata['perennial.pipeline']).toBe('credit-default');
    expect(model.signature.inputs).toEqual([
      { name: 'limit_bal', type: 'number' },
      { name: 'age', type: 'integer' },
      { name: 'approved_on', type: 'date' },
      { name: 'sex', type: 'string' },
      { name: 'education', type: 'string' },
    ]);
  });

  it('predicts what the same artifact predicts in Python', async () => {
    expectClose(await model.predict(credit.rows), credit.probabilities);
    expectClose(await model.predict([{ ...row, sex: 2, approved_on: '2021-01-01' }]), [credit.probabilities[0]!]);
    expect(await model.predict([])).toEqual(new Float64Array(0));
  });

  it('gives each of many calls at once its own answer', async () => {
    const calls = Array.from({ length: 500 }, (_, i) => model.predict([credit.rows[i % 3]!]));
    expectClose(
      Float64Array.from((await Promise.all(calls)).flatMap((p) => [...p])),
      Array.from({ length: 500 }, (_, i) => credit.probabilities[i % 3]!),
    );
  });

  it('takes up a run that has ended in the midst of a turn of the event loop', async () => {
    let settled = false;
    const calls = [model.predict([row])];
    void calls[0]!.then(() => (settled = true));
    await new Promise((resolve) => setImmediate(resolve));
    // From here on nothing but microtasks: the event loop is told of nothing.
    for (const limit = performance.now() + 20_000; !settled && performance.now() < limit;) {
      calls.push(model.predict([row]));
      for (const pause = performance.now() + 1; performance.now() < pause;);
      for (let task = 0; task < 20; task += 1) await Promise.resolve();
    }
    expect(settled).toBe(true);
    expectClose(
      Float64Array.from((await Promise.all(calls)).flatMap((found) => [...found])),
      calls.map(() => credit.probabilities[0]!),
    );
  });

  it('predicts a table of many chunks', async () => {
    const found = await model.predictTable(creditTable(5_000));
    expectClose(
      found,
      Array.from({ length: 5_000 }, (_, i) => credit.probabilities[i % 3]!),
    );
  });

  it('refuses rows that break a rule, and more rows than allowed', async () => {
    await expect(model.predict([{ ...row, age: 'old' }])).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { problems: [{ row: 0, input: 'age', value: 'old', rule: expect.stringContaining('integer') }] },
    });
    await expect(model.predict(new Array(10_001).fill(row))).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      details: { input: 'rows', value: 10_001, rule: 'at most 10000' },
    });
  });
});

it('refuses bytes that are no model, a broken graph and a signature that does not fit it', async () => {
  const unloadable = { code: 'MODEL_UNLOADABLE', retryable: false };
  await expect(openModel(Buffer.from('not a model'), options)).rejects.toMatchObject(unloadable);
  await expect(openModel(creditModel.subarray(0, 900), options)).rejects.toMatchObject(unloadable);
  const broken = Buffer.from(creditModel);
  broken.write('Sigmoyd', broken.indexOf('Sigmoid'));
  await expect(openModel(broken, options)).rejects.toMatchObject({
    ...unloadable,
    message: expect.stringContaining('Sigmoyd'),
  });
  const inputs = [{ name: 'income', columnType: 'number' }];
  const other = withMetadata(creditModel, { 'perennial.signature': JSON.stringify({ inputs }) });
  await expect(openModel(other, options)).rejects.toMatchObject({ ...unloadable, details: { input: 'income' } });
});

it('refuses a file that is damaged where only its inputs are declared', async () => {
  const damaged = content(11, Buffer.concat([content(1, 'more'), content(2, Buffer.from([0xff]))]));
  const fields = [...fieldsOf(creditModel)].map(({ number, content: bytes, raw }) =>
    number === 7 && bytes ? content(7, Buffer.concat([bytes, damaged])) : raw,
  );
  await expect(openModel(Buffer.concat(fields), options)).rejects.toMatchObject({
    code: 'MODEL_UNLOADABLE',
    message: expect.stringContaining('Not an ONNX file'),
  });
});

it('answers the same from several workers, however a call is cut into batches', async () => {
  const model = await openModel(creditModel, { ...options, workers: 2, maxBatchRows: 7 });
  const rows = Array.from({ length: 50 }, (_, i) => credit.rows[i % 3]!);
  const calls = Array.from({ length: 20 }, () => model.predict(rows));
  for (const found of await Promise.all(calls)) {
    expectClose(
      found,
      rows.map((_, i) => credit.probabilities[i % 3]!),
    );
  }
  await model.close();
});

it('answers the calls made before close, and none after', async () => {
  const model = await openModel(creditModel, options);
  const calls = [model.predict(credit.rows), model.predict([row]), model.predictTable(creditTable(3_000))];
  const closed = model.close();
  await expect(model.predict([row])).rejects.toMatchObject({ code: 'MODEL_CLOSED', retryable: false });
  expect((await Promise.all(calls)).map((p) => p.length)).toEqual([3, 1, 3_000]);
  await closed;
  await model.close();
});

it('rejects the calls of a crashed worker as retryable, and serves the next ones from a new worker', async () => {
  const { workers, spawn } = observedWorkers();
  const model = await openModel(creditModel, { ...options, spawn });
  const crash = { code: 'WORKER_CRASHED', retryable: true };
  // It hears nothing more, so that it cannot have answered before it ends.
  jest.spyOn(workers[0]!, 'postMessage').mockImplementation(() => undefined);
  const interrupted = expect(model.predict(credit.rows)).rejects.toMatchObject(crash);
  // Another turn, so that the next call is not part of the same run; it is handed over behind it, the last one is not.
  const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
  await nextTurn();
  const behind = model.predict(credit.rows);
  await nextTurn();
  const waiting = model.predict([row]);
  await workers[0]!.terminate();
  await interrupted;
  expectClose(await behind, credit.probabilities);
  expectClose(await waiting, [credit.probabilities[0]!]);
  expect(workers.length).toBe(2);
  await workers[1]!.terminate();
  expectClose(await model.predict([row]), [credit.probabilities[0]!]);
  expect(workers.length).toBe(3);
  await model.close();
});

it('refuses calls when too many rows wait', async () => {
  const model = await openModel(creditModel, { ...options, maxQueuedRows: 2 });
  const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => model.predict([row])));
  expect(outcomes.map((o) => o.status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected', 'rejected']);
  expect(outcomes[4]).toMatchObject({ reason: { code: 'OVERLOADED', retryable: true } });
  await model.close();
});

it('says to build when the compiled worker is missing', () => {
  const elsewhere = join(tmpdir(), 'no-worker', 'src');
  expect(() => workerFile(elsewhere)).toThrow('build the package first');
});

it('gives the memory of closed models back', async () => {
  const bytes = 8 * 1024 * 1024;
  const large = withMetadata(creditModel, { padding: 'x'.repeat(bytes) });
  const swaps = async (count: number) => {
    for (let n = 0; n < count; n += 1) {
      const model = await openModel(large, options);
      expectClose(await model.predict(credit.rows), credit.probabilities);
      await model.close();
    }
    return process.memoryUsage().rss;
  };
  const before = await swaps(10);
  const after = await swaps(40);
  // One leaked copy of each model's bytes would be 40 times 8 MB.
  expect(after - before).toBeLessThan(20 * bytes);
}, 120_000);
