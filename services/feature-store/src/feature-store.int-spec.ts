import { randomUUID } from 'node:crypto';
import { readdir, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  concatTables,
  numericColumn,
  selectRows,
  stringColumn,
  type Table,
  tableOf,
  writeParquet,
} from '@perennial/columns';
import { batchPreparedV1, type DataOf, topics, viewUpdatedV1 } from '@perennial/contracts';
import { type FeatureQuery, FeatureReader } from '@perennial/feature-reader';
import { emit } from '@perennial/messaging';
import { GridfsObjectStore } from '@perennial/object-store';
import { eventually, type ServiceUnderTest, startForTest } from '@perennial/service-testing';
import { featureStoreService } from './service';

type Prepared = DataOf<typeof batchPreparedV1>;
type Updated = DataOf<typeof viewUpdatedV1>;

const view = `loans-${randomUUID().slice(0, 8)}`;

const folder = join(tmpdir(), `features-${view}`);

const pipeline = `
apiVersion: perennial/v1
kind: Pipeline
name: ${view}
owner: risk@bank.example
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns: [{ name: id, type: string }, { name: age, type: integer }, { name: y, type: integer }]
reference: { day: '2026-01-02' }
serving: { enrichment: { entities: [id] } }
`;

const numbers = (count: number, value: (i: number) => number): Float64Array =>
  Float64Array.from({ length: count }, (_, i) => value(i));

/** As preprocessing writes it: every physical type, nulls among them; wide widens one column as a later day may. */
function preparedTable(from: number, count: number, wide = false): Table {
  return tableOf([
    stringColumn(
      'record_id',
      Array.from({ length: count }, (_, i) => `r${from + i}`),
    ),
    numericColumn(
      'label',
      'integer',
      numbers(count, (i) => (i % 5 === 0 ? NaN : i % 2)),
      'int32',
    ),
    numericColumn(
      'split',
      'number',
      numbers(count, (i) => (i + 0.1) / count),
      'float64',
    ),
    stringColumn(
      'raw.name',
      Array.from({ length: count }, (_, i) => (i % 3 === 0 ? null : `O'Neil "${i}" ü`)),
    ),
    numericColumn(
      'raw.age',
      'integer',
      numbers(count, (i) => (i % 4 === 0 ? NaN : i)),
      wide ? 'int64' : 'int32',
    ),
    numericColumn(
      'raw.rate',
      'number',
      numbers(count, (i) => (i % 7 === 0 ? NaN : i / 3)),
      'float64',
    ),
    numericColumn(
      'raw.ok',
      'boolean',
      numbers(count, (i) => (i % 6 === 0 ? NaN : i % 2)),
      'boolean',
    ),
    numericColumn(
      'raw.since',
      'date',
      numbers(count, (i) => (i % 9 === 0 ? NaN : 20_000 + i)),
      'date',
    ),
    numericColumn(
      'enc.rate',
      'number',
      numbers(count, (i) => Math.fround(i / 3)),
      'float32',
    ),
  ]);
}

const labelled = (table: Table) => {
  const labels = table.columns[1]?.values as Float64Array;
  return selectRows(table, (row) => !Number.isNaN(labels[row]));
};

describe('feature store', () => {
  let service: ServiceUnderTest;
  let files: GridfsObjectStore;
  let reader: FeatureReader;
  const first = preparedTable(0, 300);
  const second = preparedTable(1000, 200, true);

  beforeAll(async () => {
    service = await startForTest(featureStoreService, {
      env: { ...process.env, FEATURE_STORE_DIR: folder },
      pipelines: [pipeline],
      record: [topics.views],
    });
    files = new GridfsObjectStore(service.database);
    reader = new FeatureReader(service.url);
  }, 90_000);

  afterAll(async () => {
    await service?.close();
    await rm(folder, { recursive: true, force: true });
  }, 60_000);

  async function prepare(day: string, table: Table, overrides: Partial<Prepared> = {}, times = 1): Promise<Updated> {
    const put = (bucket: string) =>
      files.put(bucket, writeParquet(table), { mediaType: 'application/x-parquet', rows: table.rows });
    const batchId = `${view}/${day}`;
    const event: Prepared = {
      batchId,
      dataset: view,
      day,
      correctionOf: null,
      metadataId: `${view}@1`,
      processed: await put('processed_data'),
      rows: table.rows,
      labelledRows: labelled(table).rows,
      quality: { verdict: 'passed', findings: [] },
      sources: { raw: await put('raw_data') },
      ...overrides,
    };
    await service.publish(emit(batchPreparedV1, event), { times });
    const found = await service.recorder.wait(viewUpdatedV1, (data) => data.batchId === event.batchId);
    return found[0]?.data as Updated;
  }

  const read = async (query: FeatureQuery): Promise<Table> => {
    const groups: Table[] = [];
    for await (const group of (await reader.open(query)).groups()) groups.push(group);
    return concatTables(groups);
  };
  const get = async (path: string) => (await fetch(`${service.url}/api/v1/features/views${path}`)).json();
  const post = (path: string, body: unknown) =>
    fetch(`${service.url}/api/v1/features/views${path}/read`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  it('puts a batch into the view of its dataset, and says so once', async () => {
    const finding = { check: 'nullShare', column: 'age', observed: 0.4, limit: 0.25, severity: 'failure' as const };
    const quality = { verdict: 'failed' as const, findings: [finding] };
    const updated = await prepare('2026-01-02', first, { quality }, 3);
    expect(updated).toMatchObject({ view, viewVersion: 1, rows: 300, labelledRows: 240 });
    expect(updated.quality.findings).toEqual(['failure: share of nulls of age is 0.4, above the limit of 0.25']);
    expect(updated.lineage.metadataId).toBe(`${view}@1`);
    const next = await prepare('2026-01-03', second);
    expect([next.viewVersion, next.schemaDigest]).toEqual([1, updated.schemaDigest]);
    expect(service.recorder.of(viewUpdatedV1, (data) => data.view === view)).toHaveLength(2);
  }, 90_000);

  it('gives back exactly what was prepared, nulls and types included', async () => {
    const query = { view, version: 1 };
    expect(await read({ ...query, batches: [`${view}/2026-01-02`] })).toEqual(first);
    expect(await read({ ...query, batches: [`${view}/2026-01-03`] })).toEqual(second);
    const both = await read({ ...query, batches: [`${view}/2026-01-03`, `${view}/2026-01-02`] });
    expect(both).toEqual(concatTables([second, first]));
  });

  it('finds the newest row of an entity, as a Feast server answers', async () => {
    const ask = async () => {
      const response = await fetch(`${service.url}/get-online-features`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ feature_service: view, entities: { id: ['r0', 'r1', 'r1001', 'nobody'] } }),
      });
      return (await response.json()) as { metadata: { feature_names: string[] }; results: Record<string, unknown[]>[] };
    };
    const found = await eventually(async () => {
      const answer = await ask();
      return answer.results[1]?.statuses?.[2] === 'PRESENT' ? answer : undefined;
    });
    const names = ['id', 'name', 'age', 'rate', 'ok', 'since'];
    expect(found.metadata.feature_names).toEqual(names);
    const column = (name: string) => found.results[names.indexOf(name)];
    // The day of r0 and r1 failed its quality checks.
    expect(column('name')?.statuses).toEqual(['NOT_FOUND', 'NOT_FOUND', 'PRESENT', 'NOT_FOUND']);
    expect(column('name')?.values?.[2]).toBe(`O'Neil "1" ü`);
    expect(column('rate')?.values?.[2]).toBe(1 / 3);
    expect(column('since')).toMatchObject({ values: [null, null, '2024-10-05', null] });
    expect(column('since')?.event_timestamps?.[2]).toBe('2026-01-03T00:00:00Z');
  });

  it('selects columns, a share of the split, and labelled rows', async () => {
    const columns = ['enc.rate', 'label', 'record_id'];
    const batches = [`${view}/2026-01-02`];
    const split = { from: 0.3, to: 0.45 };
    const table = await read({ view, version: 1, batches, columns, split, labelledOnly: true });
    expect(table.columns.map(({ name }) => name)).toEqual(columns);
    const splits = first.columns[2]?.values as Float64Array;
    const inside = selectRows(first, (row) => (splits[row] ?? 0) >= 0.3 && (splits[row] ?? 0) < 0.45);
    expect(table.columns[2]).toEqual(labelled(inside).columns[0]);
    expect((await read({ view, version: 1, batches, split: { from: 0.5, to: 0.5 } })).rows).toBe(0);
  });

  it('fetches a local file again that is gone or cut short', async () => {
    const batchFolder = join(folder, 'batches');
    const names = await readdir(batchFolder);
    expect(names).toHaveLength(2);
    await rm(join(batchFolder, names[0] as string));
    await truncate(join(batchFolder, names[1] as string), 100);
    const batches = [`${view}/2026-01-02`, `${view}/2026-01-03`];
    expect((await read({ view, version: 1, batches })).rows).toBe(500);
    expect(await readdir(join(folder, 'scratch'))).toEqual([]);
  });

  it('answers with the names of what it does not know', async () => {
    const refused = async (path: string, body: unknown) => {
      const response = await post(path, body);
      return [response.status, ((await response.json()) as { error: unknown }).error];
    };
    const batches = [`${view}/2026-01-02`];
    const expected = (status: number, code: string, details: object) => [
      status,
      expect.objectContaining({ code, details: expect.objectContaining(details) }),
    ];
    const path = `/${view}/versions/1`;
    expect(await refused('/none/versions/1', { batches })).toEqual(expected(404, 'UNKNOWN_VIEW', { value: 'none' }));
    expect(await refused(`/${view}/versions/9`, { batches })).toEqual(
      expected(404, 'UNKNOWN_VIEW_VERSION', { value: 9 }),
    );
    expect(await refused(path, { batches: [...batches, 'x/1'] })).toEqual(
      expected(404, 'UNKNOWN_BATCH', { value: ['x/1'] }),
    );
    expect(await refused(path, { batches, columns: ['label', `a"; DROP`] })).toEqual(
      expected(400, 'UNKNOWN_COLUMN', { value: [`a"; DROP`] }),
    );
    expect(await refused(path, { batches: [] })).toEqual(
      expected(400, 'INVALID_READ', { field: 'batches', value: [] }),
    );
    expect(await refused(path, { batches, split: { from: 0.5, to: 0.2 } })).toEqual(
      expected(400, 'INVALID_READ', { field: 'split' }),
    );
    expect(await refused(path, { batches, metadataId: 'other' })).toEqual(
      expected(409, 'METADATA_MISMATCH', { field: 'metadataId' }),
    );
    await expect(reader.open({ view, version: 1, batches: ['x/1'] })).rejects.toMatchObject({
      code: 'FEATURES_REFUSED',
      retryable: false,
      details: { status: 404 },
    });
  });

  it('starts a new version when the schema changes, and comes back to the old one with the old schema', async () => {
    const renamed = tableOf(first.columns.map((column, i) => (i === 8 ? { ...column, name: 'enc.other' } : column)));
    expect((await prepare('2026-01-04', renamed)).viewVersion).toBe(2);
    const correctionOf = `${view}/2026-01-02`;
    const correction = await prepare('2026-01-02', preparedTable(5000, 0), {
      batchId: `${correctionOf}~1`,
      correctionOf,
    });
    expect(correction).toMatchObject({ viewVersion: 1, correctionOf, rows: 0 });
    expect((await read({ view, version: 1, batches: [correctionOf, `${correctionOf}~1`] })).rows).toBe(300);
    expect((await post(`/${view}/versions/2`, { batches: [correctionOf] })).status).toBe(404);
  }, 60_000);

  it('shows views with owner, schema and lineage', async () => {
    const { views } = (await get('')) as { views: { name: string }[] };
    expect(views).toMatchObject([
      { name: view, owner: 'risk@bank.example', versions: [{ version: 1 }, { version: 2 }] },
    ]);
    expect(await get(`/${view}`)).toMatchObject({ dataset: view });
    const version = (await get(`/${view}/versions/1`)) as { batches: { batchId: string; lineage: object }[] };
    expect(version).toMatchObject({ columns: expect.arrayContaining([{ name: 'raw.since', type: 'date' }]) });
    expect(version.batches.map(({ batchId }) => batchId)).toEqual(
      ['2026-01-02', '2026-01-02~1', '2026-01-03'].map((day) => `${view}/${day}`),
    );
    expect(version.batches[0]?.lineage).toMatchObject({
      raw: { bucket: 'raw_data' },
      processed: { bucket: 'processed_data' },
    });
    expect(await get('/none')).toMatchObject({ error: { code: 'UNKNOWN_VIEW' } });
  });
});
