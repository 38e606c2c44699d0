import { tableFromRows } from '@perennial/columns';
import { chunkOfLines, chunkRows, type RowSchema, tableOfChunk } from './row.chunk';

const schema: RowSchema = {
  columns: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: 'number' },
    { name: 'y', type: 'boolean' },
  ],
  recordId: 'id',
};
const row = (text: string, offset = 9) => ({ offset, row: [text, null, true] });

describe('chunks of rows', () => {
  it('give back the rows, whatever their texts hold', () => {
    const rows = [row('a\nb', 7), row('"', 8), row('東京', 9)];
    const [chunk, none] = chunkRows(rows, schema);
    expect(none).toBeUndefined();
    expect(chunk).toMatchObject({ rows: 3, firstOffset: 7, lastOffset: 9 });
    const table = tableFromRows(
      schema.columns,
      rows.map((each) => each.row),
    );
    expect(tableOfChunk(chunk as never, 'id')).toEqual(table);
  });

  it('keep an id that is a number among the columns', () => {
    const numbered: RowSchema = {
      columns: [
        { name: 'y', type: 'boolean' },
        { name: 'id', type: 'integer' },
      ],
      recordId: 'id',
    };
    const [chunk] = chunkRows([{ offset: 1, row: [null, 2 ** 52 + 1] }], numbered);
    expect(tableOfChunk(chunk as never, 'id')).toEqual(tableFromRows(numbered.columns, [[null, 2 ** 52 + 1]]));
  });

  it('are cut before they grow too long, or too many', () => {
    const long = Array.from({ length: 9 }, () => row('x'.repeat(1_000_000)));
    expect(chunkRows(long, schema).map(({ rows }) => rows)).toEqual([4, 4, 1]);
    const many = Array.from({ length: 20_000 }, (_, n) => row(`r${n}`));
    expect(chunkRows(many, schema).map(({ rows }) => rows)).toEqual([16_384, 3_616]);
    expect(chunkRows([], schema)).toEqual([]);
  });
});

describe('chunks of an earlier version', () => {
  const lines = [
    ['a\nb', true, 'gone'],
    ['c', null, 'gone'],
  ];
  const ndjson = lines.map((line) => JSON.stringify(line)).join('\n');

  it('are read with the columns there are now', () => {
    const chunk = chunkOfLines(ndjson, ['id', 'y', 'dropped'], schema);
    const known = [schema.columns[0], schema.columns[2]] as RowSchema['columns'];
    expect(tableOfChunk(chunk, 'id')).toEqual(
      tableFromRows(known, [
        ['a\nb', true],
        ['c', null],
      ]),
    );
  });

  it('are refused where a column has another type now', () => {
    expect(() => chunkOfLines('["a",1]', ['id', 'y'], schema)).toThrow(
      expect.objectContaining({ code: 'COLUMN_TYPE_MISMATCH' }),
    );
  });
});
