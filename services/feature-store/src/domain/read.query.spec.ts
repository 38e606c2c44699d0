import { copySql, selectSql, unknownColumns } from './read.query';

const columns = [
  { name: 'record_id', type: 'string' as const },
  { name: 'raw.a"b', type: 'number' as const },
];

describe('the SQL of a read', () => {
  it('takes all columns of all files', () => {
    expect(selectSql(['/x/1', "/o'neil/2"], columns, { batches: [] })).toBe(
      `SELECT "record_id", "raw.a""b" FROM read_parquet(['/x/1', '/o''neil/2'], union_by_name = true)`,
    );
  });

  it('narrows columns and rows', () => {
    const request = { batches: [], columns: ['record_id'], split: { from: 0.3, to: 1 }, labelledOnly: true };
    expect(selectSql(['f'], columns, request)).toBe(
      `SELECT "record_id" FROM read_parquet(['f'], union_by_name = true)` +
        ` WHERE "split" >= 0.3 AND "split" < 1 AND "label" IS NOT NULL`,
    );
  });

  it('is written as Parquet that every reader has a codec for', () => {
    expect(copySql('SELECT 1', "/t/'")).toBe(`COPY (SELECT 1) TO '/t/''' (FORMAT parquet, COMPRESSION snappy)`);
  });

  it('is refused for columns that the view does not have', () => {
    expect(unknownColumns({ batches: [], columns: ['record_id', 'x', 'y'] }, columns)).toEqual(['x', 'y']);
    expect(unknownColumns({ batches: [] }, columns)).toEqual([]);
  });
});
