import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { readParquet, recordsOf } from '@perennial/columns';
import { batchClosedV1, recordsPushedV1, topics } from '@perennial/contracts';
import { GridfsObjectStore } from '@perennial/object-store';
import { eventually, type ServiceUnderTest, startForTest } from '@perennial/service-testing';
import { ingestionService } from './service';
import { type HeldDatabase, heldDatabase } from './testing/held.database';

const dataset = `pressed-${randomUUID().slice(0, 8)}`;
const day = '2026-02-03';
const bound = 5;

const pipeline = `
apiVersion: perennial/v1
kind: Pipeline
name: ${dataset}
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns: [{ name: id, type: string }, { name: note, type: string }, { name: y, type: integer }]
  closing: { manifest: true, graceSeconds: 1 }
reference: { day: '2026-01-01' }
`;

interface Refusal {
  retryAfter: number;
  details: { retryAfterSeconds: number; accepted: number; value: number };
}

const recordOf = (id: string, note = '') => ({ id, note, y: 1 });
const idsOf = (client: string, push: number) => Array.from({ length: 10 }, (_, n) => `${client}.${push}.${n}`);

describe('ingestion whose database does not keep up', () => {
  let service: ServiceUnderTest;
  let database: HeldDatabase;
  /** By the client that was told. */
  const refusals = new Map<string, Refusal>();
  /** Of each push that was answered 202. */
  const accepted: string[] = [];

  beforeAll(async () => {
    if (!process.env.MONGO_URL) throw new Error('KAFKA_BROKERS and MONGO_URL must name running servers');
    database = await heldDatabase(process.env.MONGO_URL);
    service = await startForTest(ingestionService, {
      env: {
        ...process.env,
        MONGO_URL: database.url,
        INGESTION_BACKLOG_MESSAGES: String(bound),
        INGESTION_BACKLOG_SECONDS: '1',
        INGESTION_BACKLOG_INTERVAL_MS: '50',
        INGESTION_PUSH_WAIT_MS: '100',
        INGESTION_CLOSING_INTERVAL_MS: '100',
      },
      pipelines: [pipeline],
      batchTopics: [topics.records],
      record: [topics.batches, topics.records],
    });
  }, 90_000);

  afterAll(async () => {
    database?.release();
    await service?.close();
    await database?.close();
  }, 60_000);

  const path = () => `${service.url}/api/v1/datasets/${dataset}`;
  const isFull = async () => ((await (await fetch(`${path()}/backlog`)).json()) as { full: boolean }).full;

  /** Undefined where the push was accepted. */
  async function push(ids: readonly string[]): Promise<Refusal | undefined> {
    const body = JSON.stringify(ids.map((id) => recordOf(id)));
    const headers = { 'content-type': 'application/json' };
    return answered(await fetch(`${path()}/days/${day}/records`, { method: 'POST', headers, body }), ids);
  }

  async function answered(response: Response, ids: readonly string[]): Promise<Refusal | undefined> {
    const answer = (await response.json()) as { error?: { code: string; details: Refusal['details'] } };
    if (response.status === 202) {
      accepted.push(...ids);
      return undefined;
    }
    expect([response.status, answer.error?.code]).toEqual([429, 'BACKLOG_FULL']);
    return { retryAfter: Number(response.headers.get('retry-after')), details: answer.error!.details };
  }

  /** Sends records as long as the backlog is not full, and one more then, all in one request. */
  async function pushUntilFull(): Promise<{ ids: string[]; refusal: Refusal | undefined }> {
    const ids: string[] = [];
    // Two of them do not fit into one message, so nearly each is a message of its own.
    const line = (n: number) => {
      ids.push(`long.${n}`);
      return `${JSON.stringify(recordOf(`long.${n}`, 'x'.repeat(300_000)))}\n`;
    };
    async function* lines() {
      let n = 0;
      for (; !(await isFull()); n += 1) yield line(n);
      // As many again: one of them is the second of its key.
      for (const end = 2 * n + 1; n < end; n += 1) yield line(n);
    }
    const headers = { 'content-type': 'application/x-ndjson' };
    const body = Readable.toWeb(Readable.from(lines(), { objectMode: false })) as ReadableStream;
    const request = { method: 'POST', headers, body, duplex: 'half' } as RequestInit;
    const response = await fetch(`${path()}/days/${day}/records`, request);
    return { refusal: await answered(response, ids), ids };
  }

  const published = () =>
    service.recorder
      .of(recordsPushedV1, (data) => data.dataset === dataset)
      .flatMap(({ data }) => data.records.map(({ id }) => id as string));

  let long: string[] = [];
  /** How many of them the refusal says were published. */
  let begun = 0;

  it('accepts what comes before it is known, and refuses then, with the time to come back', async () => {
    database.hold();
    const { ids, refusal } = await pushUntilFull();
    long = ids;
    begun = refusal?.details.accepted ?? 0;
    // What was published of a request that is refused half way is told.
    expect(begun).toBeGreaterThan(0);
    expect(refusal?.details.value).toBeGreaterThan(bound);
    for (const client of ['ada', 'ben', 'eve']) refusals.set(client, (await push(idsOf(client, 0))) as Refusal);
    for (const { retryAfter, details } of refusals.values()) {
      expect(retryAfter).toBeGreaterThanOrEqual(1);
      expect([details.retryAfterSeconds, details.accepted]).toEqual([retryAfter, 0]);
    }
    const metrics = await (await fetch(`${service.url}/metrics`)).text();
    expect(metrics).toMatch(/^ingestion_backlog_full\{.*\} 1$/m);
  }, 120_000);

  it('has published what it said of the request that it refused half way, and nothing of those it refused at once', async () => {
    await eventually(() => published().length >= begun || undefined);
    expect(published().filter((id) => long.includes(id))).toHaveLength(begun);
    expect(published()).toHaveLength(begun);
  }, 60_000);

  it('accepts the same pushes from clients that come back when they were told to', async () => {
    database.release();
    const told = Math.max(...[...refusals.values()].map(({ retryAfter }) => retryAfter));
    await setTimeout(told * 1_000);
    for (const client of ['ada', 'ben']) {
      for (const n of [0, 1, 2]) expect(await push(idsOf(client, n))).toBeUndefined();
    }
    const again = long.map((id) => recordOf(id, 'x'));
    for (let at = 0; at < again.length; at += 10) {
      const ids = long.slice(at, at + 10);
      for (let refusal = await push(ids); refusal; refusal = await push(ids))
        await setTimeout(refusal.retryAfter * 1_000);
    }
  }, 300_000);

  it('stores every accepted row once, and none of the client that did not come back', async () => {
    const rows = new Set(accepted).size;
    const headers = { 'content-type': 'application/json' };
    const body = JSON.stringify({ rows });
    expect((await fetch(`${path()}/days/${day}/manifest`, { method: 'POST', headers, body })).status).toBe(202);
    const [closed] = await service.recorder.wait(batchClosedV1, ({ dataset: of }) => of === dataset);
    expect(closed?.data).toMatchObject({ complete: true, rows: { accepted: rows, quarantined: 0, expected: rows } });
    const raw = await readParquet(await new GridfsObjectStore(service.database).get(closed!.data.raw));
    const stored = [...recordsOf(raw)].map(({ id }) => id as string);
    expect(stored.sort()).toEqual([...new Set(accepted)].sort());
    expect([...stored, ...published()].filter((id) => id.startsWith('eve.'))).toEqual([]);
  }, 120_000);
});
