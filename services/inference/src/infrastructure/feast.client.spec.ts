import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { FeastClient } from './feast.client';

interface Exchange {
  request: { entities: Record<string, unknown[]> };
  status: number;
  answer: unknown;
}

/** What a real Feast server answered, see testdata/make-feast-golden.py. */
const golden = JSON.parse(readFileSync(join(__dirname, '../../testdata/feast-golden.json'), 'utf8')) as Exchange[];

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString());
}

describe('asking a Feast server', () => {
  let server: Server;
  let url: string;
  let status = 200;
  let answer: unknown;
  let seen: { path?: string; authorization?: string; body?: unknown };

  beforeAll(async () => {
    server = createServer((request, response) => {
      void bodyOf(request).then((body) => {
        seen = { path: request.url, authorization: request.headers.authorization, body };
        if (answer === undefined) return;
        response.writeHead(status).end(typeof answer === 'string' ? answer : JSON.stringify(answer));
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });

  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  const replay = (place: number): Exchange => {
    const exchange = golden[place] as Exchange;
    ({ status, answer } = exchange);
    return exchange;
  };
  const client = (features: unknown, timeoutMs = 5_000) =>
    new FeastClient({
      ...{ url, entities: ['driver_id'], timeoutMs, headers: () => ({ authorization: 'Bearer k' }) },
      features: features as never,
    });
  const references = {
    asked: { references: ['driver_stats:trips', 'driver_stats:city'] },
    names: new Map([
      ['journeys', 'driver_stats__trips'],
      ['town', 'driver_stats__city'],
    ]),
  };
  const service = (name: string) => ({
    asked: { service: name },
    names: new Map(['trips', 'rating', 'city', 'active', 'unknown'].map((each) => [each, each])),
  });
  const at = Date.parse('2026-01-05T08:30:00Z');
  const hour = 3_600_000;
  const value = (given: unknown, time: number) => ({ value: given, at: time, expired: false });

  it('asks as the recorded request does, and gives values by column', async () => {
    const { request } = replay(0);
    const found = await client(references).read([[1001], [1002], [9999], [1001]]);
    expect(seen).toEqual({ path: '/get-online-features', authorization: 'Bearer k', body: request });
    const first = new Map([
      ['journeys', value(12, at)],
      ['town', value('Bern', at)],
    ]);
    const second = new Map([
      ['journeys', value(7, at + hour)],
      ['town', value(null, at + hour)],
    ]);
    expect(found.map(({ values }) => values)).toEqual([first, second, new Map(), first]);
    expect(found[0]?.views).toEqual(['driver_stats']);
  });

  it('takes what a feature service has, and leaves out what it does not', async () => {
    const { request } = replay(1);
    const found = await client(service('risk')).read([[1001], [1002], [1003], [9999]]);
    expect(seen.body).toEqual(request);
    expect(found.map(({ values }) => values.size)).toEqual([4, 4, 4, 0]);
    expect(found[0]?.values.get('active')).toEqual(value(true, at));
    expect(found[2]?.values.get('rating')).toEqual(value(3.5, at - 72 * hour));
  });

  it.each([
    [2, 'FEATURES_UNAVAILABLE', 'Feature nothing not found'],
    [3, 'FEATURES_REFUSED', 'Feature service nobody does not exist'],
    [4, 'FEATURES_UNAVAILABLE', 'Missing join key values'],
  ])('says of recorded failure %d: %s', async (place, code, text) => {
    replay(place);
    const failure = client(service('risk')).read([[1]]);
    await expect(failure).rejects.toMatchObject({ code, status: 503, message: expect.stringContaining(text) });
  });

  it('tells versions, values beyond the age that the server allows, and NaN as no value', async () => {
    status = 200;
    answer = {
      metadata: { feature_names: ['trips'], feature_view_metadata: [{ name: 'v', version: 3 }] },
      results: [
        {
          values: ['NaN', 4],
          statuses: ['PRESENT', 'OUTSIDE_MAX_AGE'],
          event_timestamps: ['2026-01-05T08:30:00Z', '1970-01-01T00:00:00Z'],
        },
      ],
    };
    const [first, second] = await client(service('risk')).read([[1], [2]]);
    expect(first).toEqual({ values: new Map([['trips', value(null, at)]]), views: ['v@v3'] });
    expect(second?.values.get('trips')).toEqual({ value: 4, at: null, expired: true });
  });

  it.each([
    ['no JSON', 'FEATURES_REFUSED', 'hello'],
    ['another form', 'FEATURES_REFUSED', { results: [] }],
    [
      'fewer rows than were asked for',
      'FEATURES_REFUSED',
      { metadata: { feature_names: ['trips'] }, results: [{ values: [1], statuses: ['PRESENT'] }] },
    ],
  ])('refuses %s', async (_name, code, body) => {
    status = 200;
    answer = body;
    await expect(client(service('risk')).read([[1], [2]])).rejects.toMatchObject({ code });
  });

  it('waits no longer than it may, and says when nobody is there', async () => {
    answer = undefined;
    const late = client(service('risk'), 20).read([[1]]);
    await expect(late).rejects.toMatchObject({ code: 'FEATURES_UNAVAILABLE', retryable: true });
    await expect(late).rejects.toThrow('no answer within 20 ms');
    url = 'http://127.0.0.1:1';
    await expect(client(service('risk')).read([[1]])).rejects.toMatchObject({ code: 'FEATURES_UNAVAILABLE' });
  });
});
