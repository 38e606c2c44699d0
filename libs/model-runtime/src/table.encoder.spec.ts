import { numericColumn, stringColumn, type Table } from '@perennial/columns';
import type { ModelSignature } from './model.signature';
import { encodeColumns, inputColumns } from './table.encoder';

const signature: ModelSignature = {
  inputs: [
    { name: 'sex', type: 'string' },
    { name: 'age', type: 'integer' },
    { name: 'amount', type: 'number' },
  ],
};
const table: Table = {
  rows: 3,
  columns: [
    numericColumn('amount', 'number', Float64Array.of(1, 2, 3)),
    stringColumn('id', ['a', 'b', 'c']),
    stringColumn('sex', ['1', null, '2']),
    numericColumn('age', 'integer', Float64Array.of(30, NaN, 40)),
  ],
};

it('takes the rows of a chunk in the order of the signature', () => {
  const columns = inputColumns(table, signature);
  expect(encodeColumns(columns, 1, 3)).toEqual({
    rows: 2,
    numbers: Float32Array.of(NaN, 40, 2, 3),
    strings: ['', '2'],
  });
});

it('names a column that is missing, of another type, or beyond float32', () => {
  const but = (column: Table['columns'][number]): Table => ({ ...table, columns: [...table.columns, column] });
  const without = (name: string): Table => ({ ...table, columns: table.columns.filter((c) => c.name !== name) });
  expect(() => inputColumns(without('age'), signature)).toThrow('age must be a column of the table');
  expect(() => inputColumns(but(stringColumn('age', ['1', '2', '3'])), signature)).toThrow(
    'age must be a numeric column',
  );
  const huge = but(numericColumn('amount', 'number', Float64Array.of(1, 2, 1e300)));
  expect(() => encodeColumns(inputColumns(huge, signature), 1, 3)).toThrow('Row 2: amount must lie within');
});
