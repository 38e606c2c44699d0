import { numericColumn, stringColumn } from '@perennial/columns';
import type { LabelledRows } from './classifier';
import { openClassifier } from './onnx.classifier';
import { credit, creditModel, withMetadata } from './testing/credit.fixture';

// Each model that is opened for the first time is tried in a process of its own.
jest.setTimeout(120_000);

const identity = { name: 'credit-default', version: '20260101_000000' };

/** The first rows of the fixture, as a table. */
function labelled(rows: number, labels: readonly number[]): LabelledRows {
  const given = credit.rows.slice(0, rows);
  const numbers = (name: string) => Float64Array.from(given, (row) => (row[name] as number | null) ?? NaN);
  const texts = (name: string) => given.map((row) => row[name] as string | null);
  const columns = [
    numericColumn('limit_bal', 'number', numbers('limit_bal')),
    numericColumn('age', 'integer', numbers('age')),
    numericColumn('approved_on', 'date', numbers('approved_on')),
    stringColumn('sex', texts('sex')),
    stringColumn('education', texts('education')),
  ];
  return { table: { rows, columns }, labels };
}

describe('a classifier as one ONNX file', () => {
  it('answers, leaves memory, and answers the same once it is back', async () => {
    let read = 0;
    const model = await openClassifier(async () => {
      read += 1;
      return creditModel;
    }, identity);
    expect(model.metadata).toMatchObject({ ...identity, kind: 'onnx-classifier', decisionThreshold: 0.42 });
    expect(model.metadata.properties['perennial.pipeline']).toBe('credit-default');
    const before = await model.predict(credit.rows);
    await model.load();
    expect(read).toBe(1);
    await model.unload();
    await expect(model.predict(credit.rows)).rejects.toMatchObject({ code: 'MODEL_CLOSED' });
    expect(model.signature.inputs).toHaveLength(5);
    await Promise.all([model.load(), model.load()]);
    expect(read).toBe(2);
    expect(await model.predict(credit.rows)).toEqual(before);
    await model.unload();
    await model.unload();
  });

  it('says what it takes before it takes it, and takes nothing where that is refused', async () => {
    const asked: number[] = [];
    const model = await openClassifier(
      async () => creditModel,
      identity,
      async (bytes) => void asked.push(bytes),
    );
    expect(asked).toEqual([model.metadata.memoryBytes]);
    // A worker, the session and three copies of a small file: of the order of ten mebibytes.
    expect(model.metadata.memoryBytes).toBeGreaterThan(8 * 1024 * 1024);
    expect(model.metadata.memoryBytes).toBeLessThan(256 * 1024 * 1024);
    await model.unload();
    const full = new Error('full');
    await expect(model.load(() => Promise.reject(full))).rejects.toBe(full);
    await model.load();
    expect(await model.predict(credit.rows)).toHaveLength(credit.rows.length);
    await model.unload();
  });

  it('is not another file when it comes back', async () => {
    let bytes: Uint8Array = creditModel;
    const model = await openClassifier(async () => bytes, identity);
    await model.unload();
    bytes = withMetadata(creditModel, { 'perennial.decision_threshold': '0.9' });
    await expect(model.load()).rejects.toMatchObject({ code: 'MODEL_UNLOADABLE', retryable: false });
    bytes = creditModel;
    await model.load();
    await model.unload();
  });

  it('is judged by what it answers to labelled rows, part by part', async () => {
    const model = await openClassifier(async () => creditModel, identity);
    const parts = async function* () {
      yield labelled(3, [1, 0, 1]);
      yield labelled(2, [0, 0]);
    };
    const { labels, probabilities } = await model.evaluate(parts());
    expect([...labels]).toEqual([1, 0, 1, 0, 0]);
    [0, 1, 2, 0, 1].forEach((row, index) => {
      expect(probabilities[index]).toBeCloseTo(credit.probabilities[row] as number, 6);
    });
    const none = await model.evaluate([]);
    expect([none.labels.length, none.probabilities.length]).toEqual([0, 0]);
    await model.unload();
  });
});
