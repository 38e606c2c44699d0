import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { numericColumn, stringColumn, type Table, tableOf, writeParquet } from '@perennial/columns';
import { FeatureReader } from './feature.reader';

const table = tableOf([
  stringColumn('record_id', ['a', 'b']),
  numericColumn('enc.age', 'number', Float64Array.of(0.5, NaN), 'float32'),
]);

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString());
}

describe('reading a feature view', () => {
  let server: Server;
  let answer: RequestListener;
  let reader: FeatureReader;

  beforeAll(async () => {
    server = createServer((request, response) => answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    reader = new FeatureReader(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const query = { view: 'loans', version: 3, batches: ['loans/2026-01-02'] };

  it('asks for what the query says and gives the rows', async () => {
    const seen: unknown[] = [];
    answer = async (request, response) => {
      seen.push(request.method, request.url, await bodyOf(request));
      response.end(writeParquet(table));
    };
    const source = await reader.open({ ...query, split: { from: 0, to: 0.3 }, labelledOnly: true });
    const groups: Table[] = [];
    for await (const group of source.groups()) groups.push(group);
    expect([source.rows, groups]).toEqual([2, [table]]);
    expect(seen).toEqual([
      'POST',
      '/api/v1/features/views/loans/versions/3/read',
      { batches: query.batches, split: { from: 0, to: 0.3 }, labelledOnly: true },
    ]);
  });

  it.each([
    [404, 'FEATURES_REFUSED', false],
    [503, 'FEATURES_FAILED', true],
    [429, 'FEATURES_FAILED', true],
  ])('says of status %d: %s, retryable %s', async (status, code, retryable) => {
    answer = (_request, response) => response.writeHead(status).end('{"error":{"code":"X"}}');
    await expect(reader.open(query)).rejects.toMatchObject({
      code,
      retryable,
      details: { status, answer: '{"error":{"code":"X"}}' },
    });
  });

  it('says when the answer is not Parquet', async () => {
    answer = (_request, response) => response.end('hello');
    await expect(reader.open(query)).rejects.toMatchObject({ code: 'FEATURES_UNREADABLE', retryable: false });
  });

  it('says when nobody answers in time, or at all', async () => {
    answer = () => undefined;
    await expect(reader.open(query, { timeoutMs: 20 })).rejects.toMatchObject({
      code: 'FEATURES_UNREACHABLE',
      retryable: true,
    });
    const nobody = new FeatureReader('http://127.0.0.1:1');
    await expect(nobody.open(query)).rejects.toMatchObject({ code: 'FEATURES_UNREACHABLE', retryable: true });
  });

  it('ends when the caller gives up', async () => {
    answer = () => undefined;
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(reader.open(query, { signal })).rejects.toMatchObject({
      retryable: true,
      cause: { message: 'enough' },
    });
  });
});
