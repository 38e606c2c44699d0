import { AccessControl, type AccessError } from '@perennial/access';
import Fastify, { type FastifyInstance } from 'fastify';
import { IssuedKeys } from '../testing';
import { needOf } from './access.table';
import { CallGuard } from './call.guard';
import { guardHttp } from './http.access';

const issued = new IssuedKeys();
const keyOf = issued.issue;
const keys = {
  predict: keyOf('predict', ['predict']),
  credit: keyOf('credit', ['predict@credit', 'models:write@credit']),
  read: keyOf('read', ['models:read']),
  admin: keyOf('admin', ['admin']),
  slow: keyOf('slow', ['admin'], { perSecond: 0.1, burst: 1 }),
};
const ring = issued.ring();
const refused: string[] = [];

function serve(onlyPipeline?: string): FastifyInstance {
  const clock = { now: Date.now, elapsed: () => performance.now() };
  const control = new AccessControl({ keys: () => ring, ...clock });
  const server = Fastify();
  const onRefused = ({ code }: AccessError) => void refused.push(code);
  guardHttp(server, new CallGuard({ control, onlyPipeline, onRefused }), {
    'GET /health': 'open',
    'POST /predict': { scope: 'predict', of: ['params:pipeline', 'body:model'] },
    'GET /models': { scope: 'models:read', of: ['params:pipeline'] },
    'POST /models/:pipeline/approve': { scope: 'models:write', of: ['params:pipeline'] },
  });
  const who = (request: { principal: { subject: string } | null }) => ({ who: request.principal?.subject ?? null });
  for (const path of ['/health/ready', '/models', '/models/:pipeline', '/hidden']) server.get(path, who);
  for (const path of ['/predict', '/predict/:pipeline', '/models/:pipeline/approve']) server.post(path, who);
  server.addContentTypeParser('application/octet-stream', { parseAs: 'buffer' }, (_, body, done) => done(null, body));
  return server;
}

const several = serve();
const single = serve('credit');
afterAll(() => Promise.all([several.close(), single.close()]));

type Ask = { url: string; key?: string; body?: object | string; type?: string; headers?: Record<string, string> };
async function ask(server: FastifyInstance, { url, key, body, type, headers }: Ask) {
  const answer = await server.inject({
    method: body === undefined ? 'GET' : 'POST',
    url,
    body,
    headers: {
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...(type === undefined ? {} : { 'content-type': type }),
      ...headers,
    },
  });
  return { status: answer.statusCode, json: answer.json() as Record<string, unknown>, headers: answer.headers };
}

describe('an HTTP server with access control', () => {
  it.each<[string, Ask, number]>([
    ['health is open', { url: '/health/ready' }, 200],
    ['nobody may predict', { url: '/predict', body: {} }, 401],
    ['a path that leads nowhere', { url: '/nowhere' }, 404],
    ['whoever may predict', { url: '/predict', key: keys.predict, body: {} }, 200],
    ['a scope that is not held', { url: '/models', key: keys.predict }, 403],
    ['a route that nobody thought of', { url: '/hidden', key: keys.read }, 403],
    ['a route that nobody thought of, for admins', { url: '/hidden', key: keys.admin }, 200],
    ['the named pipeline in the path', { url: '/predict/credit', key: keys.credit, body: {} }, 200],
    ['another pipeline in the path', { url: '/predict/fraud', key: keys.credit, body: {} }, 403],
    ['the path before the body', { url: '/predict/fraud', key: keys.credit, body: { model: 'credit' } }, 403],
    ['the named pipeline in the body', { url: '/predict', key: keys.credit, body: { model: 'credit' } }, 200],
    ['another pipeline in the body', { url: '/predict', key: keys.credit, body: { model: 'fraud' } }, 403],
    ['no text as a pipeline', { url: '/predict', key: keys.credit, body: { model: ['credit'] } }, 403],
    ['no pipeline named', { url: '/predict', key: keys.credit, body: {} }, 403],
    [
      'a body that is not parsed',
      { url: '/predict', key: keys.credit, body: 'x', type: 'application/octet-stream' },
      403,
    ],
    ['all models for one pipeline', { url: '/models', key: keys.credit }, 403],
    ['approve the named pipeline', { url: '/models/credit/approve', key: keys.credit, body: {} }, 200],
    ['approve another pipeline', { url: '/models/fraud/approve', key: keys.credit, body: {} }, 403],
    ['another scheme', { url: '/models', headers: { authorization: 'Basic YTpi' } }, 401],
    ['a key of nobody', { url: '/models', key: keys.read.slice(0, -1) }, 401],
    ['a token where only keys are taken', { url: '/models', key: 'e30.e30.x' }, 401],
    ['the other header', { url: '/models', headers: { 'x-api-key': keys.read } }, 200],
  ])('%s: %j', async (_, request, expected) => {
    expect((await ask(several, request)).status).toBe(expected);
  });

  it('takes a request that names no pipeline for one about the only one', async () => {
    expect((await ask(single, { url: '/predict', key: keys.credit, body: {} })).status).toBe(200);
    expect((await ask(single, { url: '/predict', key: keys.credit, body: { model: 'fraud' } })).status).toBe(403);
  });

  it('tells the handler who asks', async () => {
    expect((await ask(several, { url: '/models', key: keys.read })).json).toEqual({ who: 'read' });
    expect((await ask(several, { url: '/health/ready', key: keys.read })).json).toEqual({ who: null });
  });

  it('says by WWW-Authenticate what is wrong, and quotes no credential', async () => {
    const nobody = await ask(several, { url: '/models' });
    expect(nobody.headers['www-authenticate']).toBe('Bearer realm="perennial"');
    const key = keys.read.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const wrong = await ask(several, { url: '/models', key });
    expect(wrong.headers['www-authenticate']).toContain('error="invalid_token"');
    const lacking = await ask(several, { url: '/models/credit/approve', key: keys.read, body: {} });
    expect(lacking.headers['www-authenticate']).toContain('error="insufficient_scope", scope="models:write@credit"');
    expect(lacking.json).toMatchObject({ error: { code: 'FORBIDDEN', details: { scope: 'models:write@credit' } } });
    for (const answer of [wrong, lacking]) expect(JSON.stringify(answer)).not.toMatch(/pk_[0-9a-f]{12}_/);
  });

  it('answers 429 with Retry-After beyond the limit of a key, and counts what it refuses', async () => {
    expect((await ask(several, { url: '/models', key: keys.slow })).status).toBe(200);
    const { status, headers } = await ask(several, { url: '/models', key: keys.slow });
    expect([status, headers['retry-after']]).toEqual([429, '10']);
    expect(refused).toContain('TOO_MANY_REQUESTS');
  });
});

describe('the table of routes', () => {
  const table = { 'GET /a': 'open', 'GET /a/b': { scope: 'predict' }, 'POST /a': { scope: 'labels' } } as const;
  it.each([
    ['GET', '/a', 'open'],
    ['HEAD', '/a', 'open'],
    ['GET', '/a/c', 'open'],
    ['GET', '/a/b/c', { scope: 'predict' }],
    ['GET', '/ab', { scope: 'admin' }],
    ['POST', '/a/b', { scope: 'labels' }],
    ['DELETE', '/a', { scope: 'admin' }],
  ])('%s %s needs %j', (method, path, need) => expect(needOf(table, method, path)).toEqual(need));
});
