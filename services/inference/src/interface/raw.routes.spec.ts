import { AccessControl, emptyKeys, KeyRing } from '@perennial/access';
import { CallGuard, type Logger, needOf, type RouteNeed, ServiceError } from '@perennial/service';
import { guardHttp } from '@perennial/service/testing';
import Fastify, { type FastifyInstance } from 'fastify';
import { inferenceAccess } from './access.table';
import { answerFailures } from './open-inference/rest.failure';
import { openInferenceRoutes, takeRawBodies } from './open-inference/rest.routes';
import { predictRoutes } from './predict.routes';

interface Route {
  method: string;
  url: string;
}

const asked: string[] = [];
/** Answers everything, and remembers that it was asked. */
const anything = new Proxy({}, { get: (_, name) => () => void asked.push(String(name)) }) as never;

/** The routes that stand beside the controllers, as the service registers them. */
async function serve(
  prepare: (server: FastifyInstance) => void,
  answering: never = anything,
): Promise<{ server: FastifyInstance; routes: Route[] }> {
  const server = Fastify();
  prepare(server);
  const routes: Route[] = [];
  server.addHook(
    'onRoute',
    ({ method, url }) => void routes.push(...[method].flat().map((each) => ({ method: each, url }))),
  );
  predictRoutes(server, answering);
  await server.register(
    async (scope) => {
      takeRawBodies(scope);
      answerFailures(scope, { error: () => undefined } as unknown as Logger);
      openInferenceRoutes(scope, answering, anything);
    },
    { prefix: '/v2' },
  );
  await server.ready();
  return { server, routes };
}

const isOpen = ({ method, url }: Route, need: RouteNeed = needOf(inferenceAccess, method, url)) => need === 'open';
const nameOf = ({ method, url }: Route) => `${method} ${url}`;

describe('routes beside the controllers', () => {
  it('ask everybody who it is, but for health', async () => {
    asked.length = 0;
    const control = new AccessControl({
      keys: () => new KeyRing(emptyKeys),
      ...{ now: Date.now, elapsed: () => performance.now() },
    });
    const { server, routes } = await serve((each) =>
      guardHttp(each, new CallGuard({ control, onRefused: () => undefined }), inferenceAccess),
    );
    const statuses = new Map<string, number>();
    for (const route of routes) {
      const url = route.url.replace(/:\w+/g, 'credit');
      const body = route.method === 'POST' ? '{"model": "credit"}' : undefined;
      const headers = { 'content-type': 'application/json' };
      const { statusCode } = await server.inject({ method: route.method as 'GET', url, headers, body });
      statuses.set(nameOf(route), statusCode);
    }
    const guarded = routes.filter((route) => !isOpen(route));
    expect(guarded.length).toBeGreaterThan(20);
    for (const route of guarded) expect([nameOf(route), statuses.get(nameOf(route))]).toEqual([nameOf(route), 401]);
    expect(new Set(asked)).toEqual(new Set(['serverReady']));
    expect(routes.filter((route) => isOpen(route)).map(({ url }) => url)).toEqual(
      expect.arrayContaining(['/v2/health/live', '/v2/health/ready']),
    );
    await server.close();
  });

  it('have a need that the table names: none falls back to admin', async () => {
    const { server, routes } = await serve(() => undefined);
    const needs = routes.map(({ method, url }) => needOf(inferenceAccess, method, url));
    expect(needs.filter((need) => need !== 'open' && need.scope === 'admin')).toEqual([]);
    await server.close();
  });

  it('answer without being asked anything where access control is off', async () => {
    const { server } = await serve(() => undefined);
    expect((await server.inject({ method: 'GET', url: '/v2/models' })).statusCode).toBe(200);
    await server.close();
  });

  it('tell of a full queue before they read what was sent', async () => {
    const full = new ServiceError('OVERLOADED', 429, 'Too many rows wait');
    const places: unknown[] = [];
    const requirePlace = (model: unknown) => {
      places.push(model);
      throw full;
    };
    const { server } = await serve(() => undefined, { requirePlace } as never);
    const headers = { 'content-type': 'application/json' };
    for (const url of ['/predict', '/invoke/credit', '/v2/models/credit/infer', '/v2/models/credit/versions/1/infer']) {
      const answer = await server.inject({ method: 'POST', url, headers, body: 'no JSON' });
      expect([url, answer.statusCode, answer.headers['retry-after']]).toEqual([url, 429, '1']);
    }
    expect(places).toEqual([undefined, 'credit', 'credit', 'credit']);
    await server.close();
  });
});
