import { randomUUID } from 'node:crypto';
import { readParquet, recordsOf } from '@perennial/columns';
import {
  batchClosedV1,
  type DataOf,
  dayManifestV1,
  deadLetterTopic,
  recordsPushedV1,
  topics,
} from '@perennial/contracts';
import { emit } from '@perennial/messaging';
import { GridfsObjectStore } from '@perennial/object-store';
import { postReadingLate } from '@perennial/service/testing';
import { eventually, type ServiceUnderTest, startForTest } from '@perennial/service-testing';
import { ingestionService } from './service';

type Closed = DataOf<typeof batchClosedV1>;
type Day = {
  state: string;
  batches: { state: string; rows: Record<string, number | null>; complete: boolean | null }[];
};

const suffix = randomUUID().slice(0, 8);
const dataset = `loans-${suffix}`;
const counted = `counted-${suffix}`;

const pipeline = (name: string, closing: string): string => `
apiVersion: perennial/v1
kind: Pipeline
name: ${name}
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: amount, type: number, minimum: 0 }
    - { name: grade, type: category }
    - { name: approved_on, type: date }
    - { name: y, type: integer }
  closing: ${closing}
reference: { day: '2026-01-01' }
`;

const record = (id: number, extra: object = {}) => ({
  id: `r${id}`,
  amount: id * 1.5,
  grade: id % 2 === 0 ? 'A' : 7,
  approved_on: '2025-12-31',
  y: id % 3 === 0 ? 1 : 0,
  ...extra,
});

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);

describe('ingestion', () => {
  let service: ServiceUnderTest;

  beforeAll(async () => {
    service = await startForTest(ingestionService, {
      env: { ...process.env, INGESTION_CLOSING_INTERVAL_MS: '100' },
      pipelines: [pipeline(dataset, '{ manifest: true, graceSeconds: 1 }'), pipeline(counted, '{ rowCount: 5 }')],
      batchTopics: [topics.records],
      record: [topics.batches, deadLetterTopic(topics.records.name)],
    });
  }, 90_000);

  afterAll(async () => service?.close(), 60_000);

  const push = (day: string, ids: number[], options?: { times?: number }, name = dataset) =>
    service.publish(emit(recordsPushedV1, { dataset: name, day, records: ids.map((id) => record(id)) }), options);
  const manifest = (day: string, rows: number) => service.publish(emit(dayManifestV1, { dataset, day, rows }));
  const closed = async (batchId: string): Promise<Closed> =>
    (await service.recorder.wait(batchClosedV1, (data) => data.batchId === batchId))[0]?.data as Closed;
  const rawOf = async ({ raw }: Closed) => readParquet(await new GridfsObjectStore(service.database).get(raw));
  const get = async (path: string) => (await fetch(`${service.url}/api/v1/datasets${path}`)).json();
  const post = (path: string, contentType: string, body: string) =>
    fetch(`${service.url}/api/v1/datasets${path}`, { method: 'POST', headers: { 'content-type': contentType }, body });

  it('stores a single record within moments and closes the day by its manifest', async () => {
    await push('2026-01-02', [1]);
    await eventually(async () => ((await get(`/${dataset}/days/2026-01-02`)) as Day).batches?.[0]);
    await push('2026-01-02', range(2, 101));
    await manifest('2026-01-02', 100);
    const event = await closed(`${dataset}/2026-01-02`);
    expect(event).toMatchObject({
      dataset,
      day: '2026-01-02',
      correctionOf: null,
      closedBy: 'manifest',
      complete: true,
      rows: { received: 100, accepted: 100, quarantined: 0, duplicates: 0, expected: 100 },
    });
    const table = await rawOf(event);
    expect(event.raw.rows).toBe(100);
    expect(table.columns.map(({ name, type }) => [name, type])).toEqual([
      ['id', 'string'],
      ['amount', 'number'],
      ['grade', 'string'],
      ['approved_on', 'date'],
      ['y', 'integer'],
    ]);
    expect([...recordsOf(table)].slice(0, 2)).toEqual([record(1, { grade: '7' }), record(2)]);
  }, 90_000);

  it('drops what is delivered or pushed again, and counts it', async () => {
    await push('2026-01-03', range(0, 40), { times: 3 });
    await push('2026-01-03', range(30, 60));
    await manifest('2026-01-03', 60);
    const event = await closed(`${dataset}/2026-01-03`);
    expect(event.rows).toEqual({ received: 150, accepted: 60, quarantined: 0, duplicates: 90, expected: 60 });
    expect((await rawOf(event)).rows).toBe(60);
  }, 90_000);

  it('quarantines bad records with every reason, and they count for the manifest', async () => {
    const bad = [record(3, { amount: -1, y: 'no' }), { amount: 2 }, record(4, { approved_on: 'soon' })];
    await service.publish(
      emit(recordsPushedV1, { dataset, day: '2026-01-04', records: [record(1), ...bad, record(2)] }),
    );
    await manifest('2026-01-04', 5);
    const event = await closed(`${dataset}/2026-01-04`);
    expect(event.rows).toEqual({ received: 5, accepted: 2, quarantined: 3, duplicates: 0, expected: 5 });
    const page = (await get(`/${dataset}/days/2026-01-04/quarantine?limit=2`)) as {
      records: { id: string; record: unknown; problems: unknown[] }[];
      next: string;
    };
    expect(page.records[0]).toMatchObject({
      record: bad[0],
      problems: [
        { column: 'amount', value: -1, rule: 'must be at least 0' },
        { column: 'y', value: 'no', rule: 'must be an integer' },
      ],
    });
    const rest = await get(`/${dataset}/days/2026-01-04/quarantine?limit=2&after=${encodeURIComponent(page.next)}`);
    expect(rest).toMatchObject({ records: [{ record: bad[2] }], next: null });
  }, 90_000);

  it('closes an incomplete day after the grace time, and late records open corrections', async () => {
    await manifest('2026-01-05', 10);
    await push('2026-01-05', range(0, 4));
    const event = await closed(`${dataset}/2026-01-05`);
    expect(event).toMatchObject({ closedBy: 'grace', complete: false, rows: { accepted: 4, expected: 10 } });

    await push('2026-01-05', range(2, 6));
    const correction = await closed(`${dataset}/2026-01-05~1`);
    expect(correction).toMatchObject({
      day: '2026-01-05',
      correctionOf: `${dataset}/2026-01-05`,
      closedBy: 'grace',
      complete: true,
      rows: { received: 4, accepted: 2, quarantined: 0, duplicates: 2, expected: null },
    });
    expect([...recordsOf(await rawOf(correction))].map(({ id }) => id)).toEqual(['r4', 'r5']);

    await push('2026-01-05', range(0, 6), { times: 2 });
    await eventually(async () => {
      const day = (await get(`/${dataset}/days/2026-01-05`)) as Day;
      return day.batches[2]?.state === 'discarded' ? day : undefined;
    });
    await push('2026-01-05', [9]);
    expect((await closed(`${dataset}/2026-01-05~3`)).rows).toMatchObject({ accepted: 1, duplicates: 0 });
    expect(service.recorder.of(batchClosedV1, ({ batchId }) => batchId === `${dataset}/2026-01-05~2`)).toEqual([]);
  }, 120_000);

  it('closes an announced empty day with a file of no rows', async () => {
    await manifest('2026-01-06', 0);
    const event = await closed(`${dataset}/2026-01-06`);
    expect(event).toMatchObject({ complete: true, rows: { received: 0, accepted: 0, expected: 0 } });
    expect(await rawOf(event)).toMatchObject({ rows: 0 });
  }, 90_000);

  it('closes by row count, duplicates not counted', async () => {
    await push('2026-01-02', [1, 2, 3, 3, 2], undefined, counted);
    await push('2026-01-02', [4, 5], undefined, counted);
    expect(await closed(`${counted}/2026-01-02`)).toMatchObject({
      closedBy: 'row-count',
      rows: { accepted: 5, duplicates: 2 },
    });
  }, 90_000);

  it('moves what cannot be read to the dead letters and reads on', async () => {
    const unknown = `unknown-${suffix}`;
    await service.publish(emit(recordsPushedV1, { dataset: unknown, day: '2026-01-07', records: [record(1)] }));
    await push('2026-01-07', [1]);
    await manifest('2026-01-07', 1);
    await closed(`${dataset}/2026-01-07`);
    const letter = await eventually(() =>
      service.recorder.records.find(({ value }) => value?.toString().includes(unknown)),
    );
    expect(letter.headers.perennial_dlq_code?.toString()).toBe('UNKNOWN_DATASET');
    expect(letter.headers.perennial_dlq_message?.toString()).toContain(unknown);
  }, 90_000);

  it('takes JSON, NDJSON and CSV over HTTP, and answers when the broker has them', async () => {
    const path = `/${dataset}/days/2026-01-08`;
    const json = await post(`${path}/records`, 'application/json', JSON.stringify(record(1)));
    expect([json.status, await json.json()]).toEqual([202, { accepted: 1, dataset, day: '2026-01-08' }]);
    const lines = range(2, 2502).map((id) => JSON.stringify(record(id)));
    expect((await post(`${path}/records`, 'application/x-ndjson', lines.join('\n'))).status).toBe(202);
    const csv = 'id,amount,grade,approved_on,y\nr3000,4500,A,2025-12-31,1\nr3001,,,,\n';
    expect(await (await post(`${path}/records`, 'text/csv', csv)).json()).toMatchObject({ accepted: 2 });
    expect((await post(`${path}/manifest`, 'application/json', '{"rows":2503}')).status).toBe(202);
    const event = await closed(`${dataset}/2026-01-08`);
    expect(event.rows).toEqual({ received: 2503, accepted: 2503, quarantined: 0, duplicates: 0, expected: 2503 });
    // Records of different ids may pass each other.
    const stored = [...recordsOf(await rawOf(event))].filter(({ id }) => id === 'r3000' || id === 'r3001');
    expect(stored.sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1))).toEqual([
      record(3000),
      { id: 'r3001', amount: null, grade: null, approved_on: null, y: null },
    ]);
  }, 90_000);

  it.each([
    ['/nowhere/days/2026-01-08/records', 'application/json', '{"id":"1"}', 404, 'UNKNOWN_DATASET', { field: 'name' }],
    [
      `/${dataset}/days/2026-02-30/records`,
      'application/json',
      '{"id":"1"}',
      400,
      'INVALID_DAY',
      { value: '2026-02-30' },
    ],
    [
      `/${dataset}/days/2026-01-09/records`,
      'application/x-ndjson',
      '{"id":"1"}\nx',
      400,
      'MALFORMED_RECORD',
      { position: 2 },
    ],
    [`/${dataset}/days/2026-01-09/records`, 'text/csv', 'id,y\n1,2,3\n', 400, 'MALFORMED_RECORD', { position: 2 }],
    [`/${dataset}/days/2026-01-09/records`, 'text/csv', '', 400, 'MALFORMED_BODY', { field: 'body' }],
    [
      `/${dataset}/days/2026-01-09/records`,
      'application/json',
      '[1]',
      400,
      'MALFORMED_RECORD',
      { position: 1, value: 1 },
    ],
    [`/${dataset}/days/2026-01-09/manifest`, 'application/json', '{"rows":-1}', 400, 'INVALID_MANIFEST', { value: -1 }],
  ])('refuses POST %s (%s)', async (path, contentType, body, status, code, details) => {
    const response = await post(path, contentType, body);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error: { code, details } });
  });

  it('refuses a record that no message can hold, and a body that is no JSON or of another type', async () => {
    const path = `/${dataset}/days/2026-01-09/records`;
    const large = JSON.stringify([record(1, { grade: 'x'.repeat(600_000) })]);
    expect((await post(path, 'application/json', large)).status).toBe(413);
    expect((await post(path, 'application/json', '{"id":')).status).toBe(400);
    expect((await post(path, 'application/xml', '<x/>')).status).toBe(415);
  });

  it('tells those who are still sending that their body is too large', async () => {
    const path = `/api/v1/datasets/${dataset}/days/2026-02-09/records`;
    const headers = { 'content-type': 'application/json' };
    const chunks = 640; // 40 MiB, the limit is 32
    const { status, body } = await postReadingLate({ port: Number(new URL(service.url).port), path, headers, chunks });
    expect(status).toBe(413);
    expect(JSON.parse(body)).toMatchObject({ error: { code: 'BODY_TOO_LARGE' } });
  });

  it('lists datasets and days', async () => {
    const { datasets } = (await get('')) as { datasets: { name: string; pipelines: string[] }[] };
    expect(datasets).toMatchObject([{ name: dataset, pipelines: [dataset] }, { name: counted }]);
    const { days } = (await get(`/${dataset}/days`)) as { days: { day: string; state: string }[] };
    expect(days.find(({ day }) => day === '2026-01-04')).toMatchObject({ state: 'closed' });
    expect(await get(`/${dataset}/days/2030-01-01`)).toMatchObject({ error: { code: 'UNKNOWN_DAY' } });
  });

  it('tells what waits to be stored, and that pushes are welcome', async () => {
    const backlog = await eventually(async () => {
      const view = (await get(`/${dataset}/backlog`)) as { messages: number };
      return view.messages === 0 ? view : undefined;
    });
    expect(backlog).toEqual({
      ...{ messages: 0, secondsToDrain: 0, full: false, retryAfterSeconds: null },
      bounds: { messages: 4_000, seconds: 30 },
    });
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toMatch(/^ingestion_backlog_messages\{.*\} 0$/m);
    expect(metrics).toMatch(/^ingestion_backlog_full\{.*\} 0$/m);
  });

  it('counts what it took, refused and closed', async () => {
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    const count = (name: string, ...labels: string[]) =>
      Number(
        metrics
          .split('\n')
          .find((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)))
          ?.split(' ')
          .at(-1),
      );
    expect(count('ingestion_records_total', dataset, 'quarantined')).toBe(3);
    expect(count('ingestion_records_total', counted, 'stored')).toBe(7);
    expect(count('ingestion_records_total', counted, 'duplicate')).toBe(2);
    expect(count('ingestion_refused_messages_total', 'UNKNOWN_DATASET')).toBeGreaterThan(0);
    expect(count('ingestion_batches_closed_total', counted, 'row-count')).toBe(1);
  });

  it('goes on where it stopped: a day half pushed is finished after a restart, once', async () => {
    await push('2026-01-10', range(0, 10));
    await eventually(async () => ((await get(`/${dataset}/days/2026-01-10`)) as Day).batches?.[0]);
    await service.restart();
    await push('2026-01-10', range(10, 20), { times: 3 });
    await manifest('2026-01-10', 20);
    const event = await closed(`${dataset}/2026-01-10`);
    expect(event.rows).toEqual({ received: 40, accepted: 20, quarantined: 0, duplicates: 20, expected: 20 });
    expect(await service.database.collection('ingestion_chunks').countDocuments({ day: '2026-01-10' })).toBe(0);
    expect(service.recorder.of(batchClosedV1, ({ batchId }) => batchId === `${dataset}/2026-01-10`)).toHaveLength(1);
  }, 120_000);
});
