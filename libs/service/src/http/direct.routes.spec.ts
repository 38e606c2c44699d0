import 'reflect-metadata';
import type { RequestListener } from 'node:http';
import { connect } from 'node:net';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessControl } from '@perennial/access';
import fc from 'fast-check';
import { CallGuard } from '../access/call.guard';
import { guardHttp } from '../access/http.access';
import type { Logger } from '../logger';
import { IssuedKeys } from '../testing';
import { directRoute, type DirectReply, type DirectRequest, DirectRoutes } from './direct.routes';
import { ErrorFilter } from './error.filter';
import { createServer } from './http.limits';
import { ServiceError } from './service-error';

const DIRECT = 'application/json';
/** Says the same, and goes the framework's way. */
const FRAMEWORK = 'application/json;charset=utf-8';
const limits = { headersTimeoutMs: 60_000, requestTimeoutMs: 0, keepAliveTimeoutMs: 60_000, maxConnections: 100 };
const logger = { error: () => undefined };

@Module({})
class Nothing {}

const issued = new IssuedKeys();
const keyOf = issued.issue;
const keys = {
  all: keyOf('all', ['predict']),
  credit: keyOf('credit', ['predict@credit']),
  read: keyOf('read', ['data:read']),
};

/** Says back what it was sent, or fails as the body wants it. */
async function handler({ params, headers, body }: DirectRequest, reply: DirectReply): Promise<object> {
  const { fail, retry } = Object(body) as { fail?: unknown; retry?: string };
  if (retry !== undefined) reply.header('retry-after', '1');
  if (fail === 'unexpected') throw new TypeError('secret');
  if (typeof fail === 'number') throw new ServiceError('REFUSED', fail, `it was to be ${fail}`, { fail });
  return { params, body, entity: headers['x-entity-key'] ?? null };
}

interface Served {
  app: NestFastifyApplication;
  url: string;
  /** Requests that the framework has seen. */
  seen(): number;
  /** What is told before a body is read. */
  refusal?: ServiceError;
}

async function serve({ guarded = false, bodyLimit = 1_000 } = {}): Promise<Served> {
  const clock = { now: Date.now, elapsed: () => performance.now() };
  const control = new AccessControl({ keys: () => issued.ring(), ...clock });
  const guard = guarded ? new CallGuard({ control, onRefused: () => undefined }) : undefined;
  const direct = new DirectRoutes({ bodyLimit, guard, logger });
  const serverFactory = (listener: RequestListener) => createServer(direct.before(listener), limits, undefined);
  const adapter = new FastifyAdapter({ bodyLimit, skipMiddie: true, serverFactory });
  const app = await NestFactory.create<NestFastifyApplication>(Nothing, adapter, { logger: false });
  app.useGlobalFilters(new ErrorFilter(logger as unknown as Logger));
  const server = adapter.getInstance();
  let seen = 0;
  server.addHook('onRequest', async () => void (seen += 1));
  if (guard) guardHttp(server, guard, { 'POST /predict': { scope: 'predict', of: ['params:name', 'body:model'] } });
  direct.watch(server);
  const served: Served = { app, url: '', seen: () => seen };
  const beforeBody = (_: unknown, reply: DirectReply) => {
    if (!served.refusal) return;
    reply.header('retry-after', '2');
    throw served.refusal;
  };
  for (const path of ['/predict', '/predict/:name', '/unknown']) {
    server.post<{ Params: DirectRequest['params'] }>(path, directRoute({ beforeBody }), handler);
  }
  server.post('/plain', async ({ body }) => ({ body }));
  await app.listen(0, '127.0.0.1');
  return Object.assign(served, { url: await app.getUrl() });
}

async function ask({ url }: Served, path: string, body: string | Uint8Array, headers: Record<string, string>) {
  const response = await fetch(url + path, { method: 'POST', body, headers } as RequestInit);
  const { status } = response;
  const shown = ['content-type', 'content-length', 'retry-after', 'www-authenticate'];
  return { status, headers: shown.map((name) => response.headers.get(name)), text: await response.text() };
}

describe('a direct route', () => {
  let served: Served;
  beforeAll(async () => (served = await serve()));
  afterAll(() => served.app.close());

  const both = async (body: string | Uint8Array, headers: Record<string, string> = {}) => {
    const before = served.seen();
    const direct = await ask(served, '/predict', body, { ...headers, 'content-type': DIRECT });
    expect(served.seen()).toBe(before);
    const framework = await ask(served, '/predict', body, { ...headers, 'content-type': FRAMEWORK });
    expect(served.seen()).toBe(before + 1);
    expect(direct).toEqual(framework);
    return direct;
  };

  it.each<[string, string | Uint8Array, number]>([
    ['an object', '{"a": [1, "ü", null]}', 200],
    ['with a byte order mark', '\uFEFF{"a": 1}', 200],
    ['no JSON', '{"a": ', 400],
    ['a prototype', '{"__proto__": {"a": 1}}', 400],
    ['a prototype in disguise', '{"\\u005f_proto__": {"a": 1}}', 400],
    ['a constructor', '{"constructor": {"prototype": {"a": 1}}}', 400],
    ['no UTF-8', Uint8Array.of(0x22, 0xff, 0x22), 200],
    ['an expected failure', '{"fail": 409}', 409],
    ['a failure that may pass', '{"fail": 503, "retry": "soon"}', 503],
    ['a bug', '{"fail": "unexpected"}', 500],
  ])('answers %s as the framework does', async (_, body, status) => {
    expect((await both(body, { 'x-entity-key': 'k' })).status).toBe(status);
  });

  it('refuses before the body is read as the framework does', async () => {
    served.refusal = new ServiceError('QUEUE_FULL', 429, 'the queue is full', {});
    try {
      const { status, headers, text } = await both('not read');
      expect([status, headers[2], JSON.parse(text)]).toMatchObject([429, '2', { error: { code: 'QUEUE_FULL' } }]);
    } finally {
      served.refusal = undefined;
    }
  });

  it('answers whatever JSON as the framework does', async () => {
    const text = fc.oneof(fc.json(), fc.string({ minLength: 1 }));
    await fc.assert(
      fc.asyncProperty(text, async (body) => void (await both(body))),
      { numRuns: 60 },
    );
  });

  it.each<[string, string, string, Record<string, string>, number]>([
    ['a body that is too large', '/predict', JSON.stringify('x'.repeat(2_000)), {}, 413],
    ['another media type', '/predict', 'a', { 'content-type': 'text/csv' }, 415],
    ['an encoded body', '/predict', 'a', { 'content-encoding': 'gzip' }, 400],
    ['a query', '/predict?a=1', '{}', {}, 200],
    ['a parameter', '/predict/credit', '{}', {}, 200],
    ['an unmarked route', '/plain', '{}', {}, 200],
    ['a path of nothing', '/nowhere', '{}', {}, 404],
  ])('leaves %s to the framework', async (_, path, body, headers, status) => {
    const before = served.seen();
    expect((await ask(served, path, body, { 'content-type': DIRECT, ...headers })).status).toBe(status);
    expect(served.seen()).toBe(before + 1);
  });

  it('reads a body that comes in parts, and the next request of the connection', async () => {
    const socket = connect(Number(new URL(served.url).port), '127.0.0.1').setEncoding('utf8');
    const head = (length: number) =>
      `POST /predict HTTP/1.1\r\nhost: x\r\ncontent-type: ${DIRECT}\r\ncontent-length: ${length}\r\n\r\n`;
    let answers = '';
    const answered = new Promise<void>((resolve) =>
      socket.on('data', (text) => {
        answers += String(text);
        if (answers.includes('"second"')) resolve();
      }),
    );
    socket.write(`${head(9)}"fir`);
    await new Promise((resolve) => setTimeout(resolve, 20));
    socket.write(`st"  ${head(8)}"second"`);
    await answered;
    socket.destroy();
    expect(answers.match(/HTTP\/1.1 200 OK/g)).toHaveLength(2);
    expect(answers.indexOf('"first"')).toBeLessThan(answers.indexOf('"second"'));
  });
});

describe('a direct route with access control', () => {
  let served: Served;
  beforeAll(async () => (served = await serve({ guarded: true })));
  afterAll(() => served.app.close());

  it.each<[string, string | undefined, string, string, number]>([
    ['nobody', undefined, '/predict', '{}', 401],
    ['nobody, with no JSON', undefined, '/predict', '{', 401],
    ['a key of nobody', `${keys.all.slice(0, -2)}`, '/predict', '{}', 401],
    ['another scope', keys.read, '/predict', '{"model": "credit"}', 403],
    ['another model', keys.credit, '/predict', '{"model": "fraud"}', 403],
    ['no model', keys.credit, '/predict', '{}', 403],
    ['a route that no table knows', keys.all, '/unknown', '{}', 403],
    ['its model', keys.credit, '/predict', '{"model": "credit"}', 200],
    ['all models', keys.all, '/predict', '{}', 200],
  ])('answers %s as the framework does', async (_, key, path, body, status) => {
    const headers: Record<string, string> = key === undefined ? {} : { authorization: `Bearer ${key}` };
    const before = served.seen();
    const direct = await ask(served, path, body, { ...headers, 'content-type': DIRECT });
    expect(served.seen()).toBe(before);
    expect(direct).toEqual(await ask(served, path, body, { ...headers, 'content-type': FRAMEWORK }));
    expect(direct.status).toBe(status);
  });

  it('refuses those who ask too often', async () => {
    const slow = keyOf('slow', ['predict'], { perSecond: 0.1, burst: 1 });
    const headers = { authorization: `Bearer ${slow}`, 'content-type': DIRECT };
    expect((await ask(served, '/predict', '{}', headers)).status).toBe(200);
    const refused = await ask(served, '/predict', '{}', headers);
    expect([refused.status, refused.headers[2]]).toEqual([429, '10']);
  });
});
