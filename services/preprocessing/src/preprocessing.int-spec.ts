import { randomUUID } from 'node:crypto';
import { numericColumnOf, readParquet, type Row, tableFromRows, writeParquet } from '@perennial/columns';
import { batchClosedV1, batchPreparedV1, type DataOf, topics } from '@perennial/contracts';
import { emit } from '@perennial/messaging';
import { GridfsObjectStore } from '@perennial/object-store';
import { parsePipeline, tableSchema } from '@perennial/pipeline';
import { splitOf } from '@perennial/preprocessing-steps';
import { eventually, type ServiceUnderTest, startForTest } from '@perennial/service-testing';
import { preprocessingService } from './service';

type Closed = DataOf<typeof batchClosedV1>;
type Prepared = DataOf<typeof batchPreparedV1>;

const suffix = randomUUID().slice(0, 8);

const pipelineText = (name: string, dataset: string, dropAbove = 0.95): string => `
apiVersion: perennial/v1
kind: Pipeline
name: ${name}
dataset:
  name: ${dataset}
  recordId: id
  target: { column: y, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: amount, type: number, minimum: 0 }
    - { name: grade, type: category }
    - { name: y, type: integer }
preprocessing: { nullColumns: { dropAbove: ${dropAbove} } }
quality: { maxNullShare: 0.2 }
reference: { day: '2026-01-02' }
`;

const dataset = `loans-${suffix}`;
const schema = tableSchema(parsePipeline(pipelineText('p', dataset)).ok?.dataset ?? { columns: [] });

const rows = (from: number, count: number, amount = (id: number): number | null => id % 100): Row[] =>
  Array.from({ length: count }, (_, i) => [
    `r${from + i}`,
    amount(from + i),
    'ABC'[(from + i) % 3] ?? null,
    (from + i) % 2,
  ]);

describe('preprocessing', () => {
  let service: ServiceUnderTest;
  let files: GridfsObjectStore;

  beforeAll(async () => {
    service = await startForTest(preprocessingService, {
      env: process.env,
      pipelines: [
        pipelineText(`a-${suffix}`, dataset),
        pipelineText(`b-${suffix}`, dataset),
        pipelineText('e', `${dataset}-e`),
      ],
      record: [topics.preparedBatches],
    });
    files = new GridfsObjectStore(service.database);
  }, 90_000);

  afterAll(async () => service?.close(), 60_000);

  async function batch(day: string, content: Row[], overrides: Partial<Closed> = {}): Promise<Closed> {
    const table = tableFromRows(schema, content);
    const raw = await files.put('raw_data', writeParquet(table), {
      mediaType: 'application/x-parquet',
      rows: table.rows,
    });
    return {
      batchId: `${overrides.dataset ?? dataset}/${day}`,
      dataset,
      day,
      correctionOf: null,
      raw,
      rows: { received: table.rows, accepted: table.rows, quarantined: 0, duplicates: 0, expected: table.rows },
      closedBy: 'manifest',
      complete: true,
      closedAt: '2026-02-01T00:00:00.000Z',
      ...overrides,
    };
  }

  const close = (closed: Closed, options?: { times?: number; correlationId?: string }) =>
    service.publish(emit(batchClosedV1, closed), options);
  const prepared = async (batchId: string): Promise<Prepared> =>
    (await service.recorder.wait(batchPreparedV1, (data) => data.batchId === batchId))[0]?.data as Prepared;
  const get = async (path: string) => (await fetch(`${service.url}/api/v1/preprocessing/${path}`)).json();
  const waiting = (id: string) =>
    eventually(async () => ((await get(`batches/${id}`)) as { state?: string }).state === 'waiting' || undefined);

  it('keeps batches waiting for the reference, and prepares them with the fit', async () => {
    await close(await batch('2026-01-04', rows(1000, 90)), { correlationId: 'later' });
    await close(await batch('2026-01-03', rows(500, 110)), { correlationId: 'earlier', times: 3 });
    await waiting(`${dataset}/2026-01-04`);
    await waiting(`${dataset}/2026-01-03`);
    await close(await batch('2026-01-02', rows(0, 100)), { times: 3 });

    const [reference, earlier, later] = await Promise.all(
      ['2026-01-02', '2026-01-03', '2026-01-04'].map((day) => prepared(`${dataset}/${day}`)),
    );
    expect(reference).toMatchObject({ metadataId: `${dataset}@1`, rows: 100, labelledRows: 100, correctionOf: null });
    expect([reference?.quality.verdict, earlier?.quality.verdict]).toEqual(['passed', 'passed']);
    expect([earlier?.metadataId, later?.metadataId]).toEqual([`${dataset}@1`, `${dataset}@1`]);
    const causes = service.recorder.of(batchPreparedV1, (data) => data.dataset === dataset);
    expect(causes.map(({ data, correlationid }) => [data.day, correlationid]).slice(1)).toEqual([
      ['2026-01-03', 'earlier'],
      ['2026-01-04', 'later'],
    ]);
  }, 90_000);

  it('encodes by the reference: codes, standardised numbers and the split by record id', async () => {
    const { processed } = await prepared(`${dataset}/2026-01-03`);
    const table = await readParquet(await files.get(processed));
    const names = ['record_id', 'label', 'split', 'raw.amount', 'raw.grade', 'enc.grade', 'enc.amount'];
    expect(table.columns.map(({ name }) => name)).toEqual(names);
    expect(processed.rows).toBe(110);
    const { mean, std } = { mean: 49.5, std: Math.sqrt((100 ** 2 - 1) / 12) };
    expect(numericColumnOf(table, 'enc.amount').values[1]).toBeCloseTo((1 - mean) / std, 4);
    expect(numericColumnOf(table, 'split').values[0]).toBe(splitOf(dataset, 'r500'));
    expect(numericColumnOf(table, 'label').values.slice(0, 2)).toEqual(Float64Array.of(0, 1));
  });

  it('serves the fit by its id', async () => {
    const metadata = await get(`metadata/${encodeURIComponent(`${dataset}@1`)}`);
    expect(metadata).toMatchObject({ version: 1, referenceDay: '2026-01-02', batchId: `${dataset}/2026-01-02` });
    expect(metadata).toMatchObject({ fitted: { statistics: { amount: { rows: 100, min: 0, max: 99 } } } });
    expect(await get('metadata/none')).toMatchObject({ error: { code: 'UNKNOWN_METADATA' } });
    expect(await get('batches/no/day')).toMatchObject({ error: { code: 'UNKNOWN_BATCH' } });
  });

  it('fails a day of nulls and a day of too few rows, and says why', async () => {
    await close(
      await batch(
        '2026-01-05',
        rows(0, 100, (id) => (id % 2 === 0 ? null : 1)),
      ),
    );
    const nulls = await prepared(`${dataset}/2026-01-05`);
    expect(nulls.quality.verdict).toBe('failed');
    expect(nulls.quality.findings).toContainEqual({
      check: 'nullShare',
      column: 'amount',
      observed: 0.5,
      limit: 0.2,
      severity: 'failure',
    });
    await close(await batch('2026-01-06', rows(0, 20)));
    const few = await prepared(`${dataset}/2026-01-06`);
    expect(few.quality.findings).toMatchObject([{ check: 'rowCount', observed: 20, limit: 50 }]);
  }, 60_000);

  it('prepares an empty day, which fails, and a small correction, which need not be a whole day', async () => {
    await close(await batch('2026-01-07', []));
    expect(await prepared(`${dataset}/2026-01-07`)).toMatchObject({
      rows: 0,
      labelledRows: 0,
      quality: { verdict: 'failed' },
    });
    const correctionOf = `${dataset}/2026-01-02`;
    await close(await batch('2026-01-02', rows(0, 3), { batchId: `${correctionOf}~1`, correctionOf }));
    expect(await prepared(`${correctionOf}~1`)).toMatchObject({
      correctionOf,
      metadataId: `${dataset}@1`,
      quality: { verdict: 'passed', findings: [] },
    });
  }, 60_000);

  it('fits on late records of a reference day that was empty', async () => {
    const other = `${dataset}-e`;
    await close(await batch('2026-01-03', rows(0, 9), { dataset: other }));
    await close(await batch('2026-01-02', [], { dataset: other }));
    await eventually(
      async () => ((await get(`batches/${other}/2026-01-02`)) as { state?: string }).state === 'unusable' || undefined,
    );
    const correctionOf = `${other}/2026-01-02`;
    await close(await batch('2026-01-02', rows(0, 9), { dataset: other, batchId: `${correctionOf}~1`, correctionOf }));
    expect(await prepared(`${correctionOf}~1`)).toMatchObject({ metadataId: `${other}@1` });
    expect(await prepared(`${other}/2026-01-03`)).toMatchObject({ rows: 9 });
  }, 60_000);

  it('gives up a day whose file is lost, goes on with the next, and tries again when told to', async () => {
    const id = `${dataset}/2026-01-08`;
    const content = rows(0, 101);
    const lost = await batch('2026-01-08', content);
    await files.delete(lost.raw);
    await close(lost);
    await close(await batch('2026-01-09', rows(0, 102)));
    await prepared(`${dataset}/2026-01-09`);
    expect(await get(`batches/${id}`)).toMatchObject({ state: 'failed', code: 'OBJECT_NOT_FOUND' });
    expect(await (await fetch(`${service.url}/metrics`)).text()).toMatch(
      /perennial_preparations_failed_total\{.*OBJECT_NOT_FOUND.*\} 1/,
    );
    await batch('2026-01-08', content);
    const again = () => fetch(`${service.url}/api/v1/preprocessing/batches/${id}/retry`, { method: 'POST' });
    expect((await again()).status).toBe(202);
    expect(await prepared(id)).toMatchObject({ rows: 101 });
    await eventually(
      async () => ((await get(`batches/${id}`)) as { state?: string }).state === 'prepared' || undefined,
    );
    expect((await again()).status).toBe(409);
  }, 60_000);

  it('goes on with a large day after it was stopped in the middle', async () => {
    const large = await batch('2026-01-10', rows(0, 150_000));
    expect(large.raw.bytes).toBeGreaterThan(512 * 1024); // worked on in a thread
    const { batchId } = large;
    await close(large);
    await eventually(
      async () => ((await get(`batches/${batchId}`)) as { state?: string }).state === 'queued' || undefined,
    );
    await service.restart();
    expect(await prepared(batchId)).toMatchObject({ rows: 150_000 });
  }, 120_000);

  it('emits once per batch, whatever was delivered again', async () => {
    const all = service.recorder
      .of(batchPreparedV1, (data) => data.dataset === dataset)
      .map(({ data }) => data.batchId);
    expect(new Set(all).size).toBe(all.length);
    const metadata = await service.database.collection('processing_metadata').countDocuments({ dataset, kind: 'fit' });
    expect(metadata).toBe(1);
  });

  it('refuses to start when two pipelines would have one dataset prepared differently', async () => {
    const starting = startForTest(preprocessingService, {
      env: process.env,
      pipelines: [pipelineText('a', dataset), pipelineText('b', dataset, 0.5)],
    });
    await expect(starting).rejects.toMatchObject({
      code: 'INVALID_CONFIGURATION',
      details: { section: 'preprocessing' },
    });
  }, 60_000);
});
