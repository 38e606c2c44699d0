import { numericColumn, numericColumnOf, stringColumn, type Table } from '@perennial/columns';
import { type ConstantTensor, float32 } from '@perennial/onnx-graph';
import { apply, type FittedPreprocessing } from '@perennial/preprocessing-steps';
import { randomStream, uniform } from '@perennial/tabular-models';
import type { EncodedRows } from '@perennial/training';

const VOCABULARIES = { colour: ['red', 'green', 'blue'], shape: ['round', 'square'] };
const SCALES = [
  { column: 'x', mean: 10, std: 4 },
  { column: 'y', mean: -2, std: 0.5 },
  { column: 'z', mean: 1000, std: 250 },
];

export const shapes: FittedPreprocessing = {
  version: 1,
  dataset: 'shapes',
  recordId: 'id',
  target: { column: 'label', positive: 1 },
  inputs: [
    ...Object.keys(VOCABULARIES).map((column) => ({ column, type: 'string' as const, storage: 'string' as const })),
    ...SCALES.map(({ column }) => ({ column, type: 'number' as const, storage: 'float64' as const })),
  ],
  dropped: [],
  categorical: Object.entries(VOCABULARIES).map(([column, vocabulary]) => ({ column, feature: column, vocabulary })),
  numeric: SCALES.map(({ column, mean, std }) => ({ column, feature: column, impute: mean, mean, std })),
  statistics: {},
};

/** Raw rows as they arrive: one number in ten missing, one category in eight missing or never heard of. */
export function rawShapes(rows: number, seed: number): Table {
  const random = randomStream(seed, 'shuffle');
  const chance = () => (uniform(random, 1) + 1) / 2;
  const category = (vocabulary: readonly string[]) => {
    const odd = chance();
    if (odd < 1 / 8) return odd < 1 / 16 ? null : 'unheard of';
    return vocabulary[Math.floor(chance() * vocabulary.length)] as string;
  };
  const every = <T>(value: () => T) => Array.from({ length: rows }, value);
  const colours = every(() => category(VOCABULARIES.colour));
  const forms = every(() => category(VOCABULARIES.shape));
  const numbers = SCALES.map(({ mean, std }) =>
    Float64Array.from(every(() => (chance() < 0.1 ? NaN : mean + std * uniform(random, 2)))),
  );
  const labels = Float64Array.from({ length: rows }, (_, row) => {
    const [x, y] = numbers.map((values, i) => ((values[row] as number) - SCALES[i]!.mean) / SCALES[i]!.std || 0);
    const taste = (colours[row] === 'green' ? 1 : 0) + (forms[row] === 'square' ? 0.5 : 0);
    return taste + (x as number) * (y as number) + uniform(random, 1) > 0.8 ? 1 : 0;
  });
  const columns = [
    stringColumn(
      'id',
      Array.from({ length: rows }, (_, row) => `row ${row}`),
    ),
    stringColumn('colour', colours),
    stringColumn('shape', forms),
    ...SCALES.map(({ column }, i) => numericColumn(column, 'number', numbers[i] as Float64Array)),
    numericColumn('label', 'integer', labels),
  ];
  return { rows, columns };
}

/** As preprocessing hands them to training. */
export function encodedShapes(raw: Table): EncodedRows {
  const table = apply(raw, shapes);
  const matrix = (features: readonly { feature: string }[]) => {
    const columns = features.map(({ feature }) => numericColumnOf(table, `enc.${feature}`).values);
    return Array.from({ length: raw.rows }, (_, row) => columns.map((values) => values[row] as number)).flat();
  };
  return {
    rows: raw.rows,
    categorical: Int32Array.from(matrix(shapes.categorical)),
    numeric: Float32Array.from(matrix(shapes.numeric)),
    labels: Int32Array.from(numericColumnOf(raw, 'label').values),
  };
}

/** As a client sends them to the served model. */
export function rawFeeds({ rows, columns }: Table): Record<string, ConstantTensor> {
  const feeds = columns
    .filter(({ name }) => name !== 'id' && name !== 'label')
    .map((column): [string, ConstantTensor] => {
      if (column.type !== 'string') return [column.name, float32(column.values as Float64Array, [rows, 1])];
      const data = (column.values as (string | null)[]).map((value) => value ?? '');
      return [column.name, { type: 'string', shape: [rows, 1], data }];
    });
  return Object.fromEntries(feeds);
}
