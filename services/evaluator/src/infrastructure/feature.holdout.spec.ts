import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  numericColumn,
  ParquetSource,
  ROWS_PER_GROUP,
  stringColumn,
  type Table,
  writeParquet,
} from '@perennial/columns';
import { FeatureRows } from '@perennial/feature-reader';
import { openModel } from '@perennial/model-runtime';
import { model } from '../testing/cycle.examples';
import { FeatureHoldout } from './feature.holdout';

// Other work on the machine can make starting a thread slow.
jest.setTimeout(60_000);

const artifact = readFileSync(join(__dirname, '../../../../libs/model-runtime/src/testing/fixtures/credit.onnx'));
const batch = { view: 'credit', viewVersion: 1, batchId: 'credit/2026-01-02', day: '2026-01-02' };

/** Rows that all differ. */
function rowsOf(rows: number): Table {
  const numbers = (valueOf: (row: number) => number) => Float64Array.from({ length: rows }, (_, row) => valueOf(row));
  const texts = (values: readonly (string | null)[]) =>
    Array.from({ length: rows }, (_, row) => values[(row * 7) % values.length] as string | null);
  return {
    rows,
    columns: [
      numericColumn(
        'label',
        'integer',
        numbers((row) => row % 2),
      ),
      numericColumn(
        'raw.limit_bal',
        'number',
        numbers((row) => (row % 13 === 0 ? NaN : 1_000 + 37.5 * row)),
      ),
      numericColumn(
        'raw.age',
        'integer',
        numbers((row) => 20 + (row % 60)),
      ),
      numericColumn(
        'raw.approved_on',
        'date',
        numbers((row) => 18_000 + (row % 900)),
      ),
      stringColumn('raw.sex', texts(['1', '2', null])),
      stringColumn('raw.education', texts(['1', '2', '3', '4', null])),
    ],
  };
}

const scoring = (view: Table) =>
  new FeatureHoldout(
    { get: async () => artifact },
    {
      open: async () => new FeatureRows(await ParquetSource.open(writeParquet(view))),
    },
  );
const never = new AbortController().signal;

describe('scoring a holdout', () => {
  it('row group by row group gives to the last bit what the whole table gives', async () => {
    const rows = ROWS_PER_GROUP + 777;
    expect(ROWS_PER_GROUP % 1_024).toBeGreaterThan(0); // a batch lies across two row groups
    const whole = rowsOf(rows);
    const loaded = await openModel(artifact, { name: 'credit', version: '1' });
    const inputs = whole.columns.slice(1).map((column) => ({ ...column, name: column.name.replace('raw.', '') }));
    const expected = await loaded.predictTable({ rows, columns: inputs });
    await loaded.close();
    const found = await scoring(whole).score(model(), { batch: batch as never, share: 0.3 }, never);
    expect(found).toEqual({ labels: whole.columns[0]?.values, probabilities: expected });
    expect(new Set(expected).size).toBeGreaterThan(1_000);
  });

  it('without rows gives none', async () => {
    const found = await scoring(rowsOf(0)).score(model(), { batch: batch as never, share: 0.3 }, never);
    expect([found.labels.length, found.probabilities.length]).toEqual([0, 0]);
  });
});
