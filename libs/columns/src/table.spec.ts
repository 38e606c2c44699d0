import fc from 'fast-check';
import {
  cellAt,
  columnOf,
  concatTables,
  numericColumn,
  numericColumnOf,
  projectColumns,
  recordsOf,
  selectRows,
  stringColumn,
  stringColumnOf,
  TableBuilder,
  tableFromRows,
  tableOf,
  takeRows,
  type Cell,
  type ColumnSchema,
} from './index';

const SCHEMA: ColumnSchema[] = [
  { name: 's', type: 'string' },
  { name: 'n', type: 'number' },
  { name: 'i', type: 'integer' },
  { name: 'b', type: 'boolean' },
  { name: 'd', type: 'date' },
];
const ROWS: Cell[][] = [
  ['x', 1.5, 2 ** 53 - 1, true, 20454],
  [null, null, null, null, null],
  ['', -0, -3, false, -1],
];

describe('a table', () => {
  const table = tableFromRows(SCHEMA, ROWS);

  it('gives back the cells it was built from, -0 as 0', () => {
    const cells = ROWS.map((_, row) => table.columns.map((column) => cellAt(column, row)));
    expect(cells).toEqual([ROWS[0], ROWS[1], ['', 0, -3, false, -1]]);
  });

  it('gives records as a producer sends them', () => {
    expect([...recordsOf(table)][0]).toEqual({ s: 'x', n: 1.5, i: 2 ** 53 - 1, b: true, d: '2026-01-01' });
    expect([...recordsOf(table)][2]).toMatchObject({ d: '1969-12-31' });
  });

  it('selects, takes, projects and concatenates', () => {
    const { values } = numericColumnOf(table, 'i');
    const negative = selectRows(table, (row) => (values[row] as number) < 0);
    expect(negative).toEqual(takeRows(table, [2]));
    expect(projectColumns(table, ['d', 's']).columns.map(({ name }) => name)).toEqual(['d', 's']);
    expect(concatTables([takeRows(table, [0]), takeRows(table, [1, 2])])).toEqual(table);
    expect(concatTables([])).toEqual({ rows: 0, columns: [] });
    expect(() => takeRows(table, [3])).toThrow(RangeError);
  });

  it('widens storage on concatenation, and refuses tables that differ', () => {
    const narrow = tableOf([numericColumn('a', 'integer', Float64Array.of(1), 'int32')]);
    const wide = tableOf([numericColumn('a', 'integer', Float64Array.of(2 ** 40))]);
    expect(concatTables([narrow, wide]).columns[0]).toEqual(
      numericColumn('a', 'integer', Float64Array.of(1, 2 ** 40), 'int64'),
    );
    expect(() => concatTables([narrow, tableOf([stringColumn('a', ['1'])])])).toThrow(
      'column a is string, not integer',
    );
    const more = tableOf([...narrow.columns, stringColumn('z', ['1'])]);
    expect(() => concatTables([narrow, more])).toThrow('no column z');
    expect(() => concatTables([more, narrow])).toThrow('no column z');
  });

  it('names the column in every refusal', () => {
    expect(() => columnOf(table, 'q')).toThrow('no column q');
    expect(() => stringColumnOf(table, 'n')).toThrow('column n is number, not string');
    expect(() => numericColumnOf(table, 's')).toThrow('column s is string');
    expect(() => tableOf([stringColumn('a', []), stringColumn('a', [])])).toThrow('column a occurs twice');
    expect(() => tableOf([stringColumn('a', []), stringColumn('b', ['x'])])).toThrow('column b has 1 rows, not 0');
    expect(() => tableFromRows(SCHEMA, [['x', NaN, 1, true, 1]])).toThrow('NaN is not a number of column n');
    expect(() => tableFromRows(SCHEMA, [['x', 1, 1.5, true, 1]])).toThrow('1.5 is not a integer of column i');
  });

  it('is not disturbed by a refused row, nor by appending after build', () => {
    const builder = new TableBuilder(SCHEMA);
    builder.append(ROWS[0] as Cell[]);
    const before = builder.build();
    expect(() => builder.append(['y', 'no', 1, true, 1])).toThrow();
    expect(builder.build()).toEqual(before);
    builder.append(ROWS[1] as Cell[]);
    builder.append(ROWS[2] as Cell[]);
    expect(builder.build()).toEqual(table);
    expect(before.rows).toBe(1);
  });

  it('grows past any capacity', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5000 }), (rows) => {
        const grown = tableFromRows(
          [{ name: 'i', type: 'integer' }],
          Array.from({ length: rows }, (_, row) => [row]),
        );
        return grown.rows === rows && numericColumnOf(grown, 'i').values.every((value, row) => value === row);
      }),
      { numRuns: 20 },
    );
  });
});
