import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { csvRecords, numericColumnOf, TableBuilder, type Table } from '@perennial/columns';
import { parsePipeline, recordValidator, tableSchema, type Pipeline } from '@perennial/pipeline';
import { apply, fit } from './index';

interface Golden {
  numeric: Record<'median' | 'mean', Record<string, { impute: number; mean: number; std: number; encoded: number[] }>>;
  categorical: Record<string, { vocabulary: string[]; codes: number[] }>;
}

const testdata = (name: string) => readFileSync(join(__dirname, '../testdata', name), 'utf8');
const golden = JSON.parse(testdata('golden.json')) as Golden;

function pipelineWith(impute: string): Pipeline {
  const result = parsePipeline(`
apiVersion: perennial/v1
kind: Pipeline
name: loans
reference: { day: "2026-01-01" }
preprocessing: { encoding: { impute: ${impute} } }
dataset:
  recordId: id
  target: { column: bad, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: amount, type: number }
    - { name: rate, type: number }
    - { name: months, type: integer }
    - { name: city, type: string }
    - { name: sex, type: category }
    - { name: opened, type: date }
    - { name: bad, type: integer }
`);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.ok;
}

async function tableOfCsv({ dataset }: Pipeline): Promise<Table> {
  const validate = recordValidator(dataset, { mode: 'text' });
  const builder = new TableBuilder(tableSchema(dataset));
  for await (const { record } of csvRecords(testdata('loans.csv'))) {
    const { ok, problems } = validate(record);
    if (!ok) throw new Error(JSON.stringify(problems));
    builder.append(ok);
  }
  return builder.build();
}

function expectClose(actual: ArrayLike<number>, expected: number[], tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  expected.forEach((value, row) => {
    const difference = Math.abs((actual[row] as number) - value);
    expect(difference).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(value)));
  });
}

describe.each(['median', 'mean'] as const)('against pandas and scikit-learn, %s imputation', (impute) => {
  it('agrees on every fitted value and every encoded cell', async () => {
    const pipeline = pipelineWith(impute);
    const table = await tableOfCsv(pipeline);
    const fitted = fit(table, pipeline);
    const encoded = apply(table, fitted);

    const expected = golden.numeric[impute];
    expect(fitted.numeric.map(({ feature }) => feature)).toEqual(Object.keys(expected));
    for (const { feature, impute: value, mean, std } of fitted.numeric) {
      const reference = expected[feature] as Golden['numeric']['mean'][string];
      expectClose([value, mean, std], [reference.impute, reference.mean, reference.std], 1e-12);
      expectClose(numericColumnOf(encoded, `enc.${feature}`).values, reference.encoded, 1e-5);
    }
    for (const [feature, reference] of Object.entries(golden.categorical)) {
      const codes = Array.from(numericColumnOf(encoded, `enc.${feature}`).values);
      const { vocabulary } = fitted.categorical.find((candidate) => candidate.feature === feature) ?? {};
      expect(vocabulary).toEqual(reference.vocabulary);
      expect(codes).toEqual(reference.codes);
    }
  });
});
