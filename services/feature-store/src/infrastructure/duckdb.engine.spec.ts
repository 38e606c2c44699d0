import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cellAt, numericColumnOf, readParquet } from '@perennial/columns';
import { onlineSql } from '../domain/online.query';
import { DuckdbEngine } from './duckdb.engine';

describe('the engine that reads Parquet', () => {
  let folder: string;
  let engine: DuckdbEngine;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'duckdb-'));
    engine = await DuckdbEngine.create({ threads: 1, memoryLimit: '256MB', temporaryDirectory: join(folder, 'spill') });
  });

  afterAll(async () => {
    engine.close();
    await rm(folder, { recursive: true });
  });

  it('names the columns of a file and their types', async () => {
    const file = join(folder, 'types.parquet');
    await engine.copy(`SELECT 'a' AS city, 1.5::DOUBLE AS amount, 2::BIGINT AS rooms, true AS sold`, file);
    expect(await engine.columnsOf(file)).toEqual([
      { name: 'city', type: 'string' },
      { name: 'amount', type: 'number' },
      { name: 'rooms', type: 'integer' },
      { name: 'sold', type: 'boolean' },
    ]);
  });

  it('gives the rows of a batch by entity: whole numbers as numbers, days as texts', async () => {
    const file = join(folder, 'online.parquet');
    const values = `'b' AS record_id, 2::BIGINT AS "raw.rooms", DATE '2026-01-05' AS "raw.since", true AS "raw.sold",
      NULL::VARCHAR AS "raw.city", 0.1::FLOAT AS "raw.share", 1::INTEGER AS "enc.rooms"`;
    await engine.copy(`SELECT ${values}`, file);
    const index = { view: 'v', recordId: 'id', entities: ['id', 'rooms'] };
    const found: unknown[][] = [];
    for await (const rows of engine.rows(onlineSql(file, index, await engine.columnsOf(file)))) found.push(...rows);
    expect(found).toEqual([['b', 2, 2, '2026-01-05', true, null, Math.fround(0.1)]]);
  });

  it('refuses a type that no feature has, naming the column', async () => {
    const file = join(folder, 'list.parquet');
    await engine.copy('SELECT [1, 2] AS many', file);
    await expect(engine.columnsOf(file)).rejects.toThrow('column many has type INTEGER[]');
  });

  // A service that is asked for another file every day would grow to its limit otherwise.
  it('keeps nothing of a file that it has read', async () => {
    const [file, copy] = [join(folder, 'large.parquet'), join(folder, 'copy.parquet')];
    await engine.copy('SELECT random() AS amount FROM range(200000)', file);
    await engine.copy(`SELECT * FROM read_parquet('${file}')`, copy);
    await engine.copy('SELECT count(*)::DOUBLE AS files FROM duckdb_external_file_cache()', copy);
    const table = await readParquet(await readFile(copy));
    expect(cellAt(numericColumnOf(table, 'files'), 0)).toBe(0);
  });
});
