import type { IncomingHttpHeaders } from 'node:http';
import { AccessError, credentialOf, type Principal } from '@perennial/access';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { type AccessTable, needOf, type RouteNeed } from './access.table';
import { type CallGuard, isInBody } from './call.guard';

declare module 'fastify' {
  interface FastifyRequest {
    /** Who asks; null where access control is off or the route open. */
    principal: Principal | null;
  }
  interface FastifyContextConfig {
    access?: RouteNeed;
  }
}

type Need = Exclude<RouteNeed, 'open'>;
type Done = (error?: Error) => void;

/** Routes that no table knows. */
const unknown: Need = { scope: 'admin' };

/** Asks every request who it is and whether it may, before its body is read. Routes are registered after this. */
export function guardHttp(server: FastifyInstance, guard: CallGuard, table: AccessTable): void {
  server.decorateRequest('principal', null);
  server.addHook('onRoute', (route) => {
    const method = Array.isArray(route.method) ? route.method[0] : route.method;
    const need = needOf(table, String(method), route.url);
    route.config = { ...route.config, access: need };
    // Only where the pipeline stands in the body is there something left to ask.
    if (need === 'open' || !need.of?.some(isInBody)) return;
    const hooks = route.preHandler === undefined ? [] : [route.preHandler].flat();
    route.preHandler = [afterBody(guard, need), ...hooks] as typeof route.preHandler;
  });
  server.addHook('onRequest', beforeBody(guard));
}

const beforeBody =
  (guard: CallGuard) =>
  (request: FastifyRequest, reply: FastifyReply, done: Done): void => {
    // Paths that lead nowhere have no route to know the need of.
    if (request.is404) return done();
    const need = request.routeOptions.config.access ?? unknown;
    if (need === 'open') return done();
    guard.enter(
      () => credentialIn(request),
      need,
      request,
      (principal) => {
        request.principal = principal;
        done();
      },
      (error) => refuse(guard, reply, error, done),
    );
  };

const afterBody =
  (guard: CallGuard, need: Need) =>
  (request: FastifyRequest, reply: FastifyReply, done: Done): void => {
    try {
      guard.authorize(request.principal as Principal, need, request);
    } catch (error) {
      return refuse(guard, reply, error, done);
    }
    done();
  };

export function credentialIn({ headers }: { headers: IncomingHttpHeaders }): string | undefined {
  const apiKey = headers['x-api-key'];
  return credentialOf(headers.authorization, typeof apiKey === 'string' ? apiKey : undefined);
}

/** The answer to a request that is refused; other errors are passed on. */
function refuse(guard: CallGuard, reply: FastifyReply, error: unknown, done: Done): void {
  if (!(error instanceof AccessError)) return done(error as Error);
  guard.refused(error);
  const { status, headers, answer } = refusalAnswer(error);
  reply.headers(headers).code(status).send(answer);
}

/** The headers say what to show, and when to ask again. */
export function refusalAnswer({ status, code, message, details, challenge, retryAfter }: AccessError) {
  const headers: Record<string, string> = {
    ...(challenge !== undefined && { 'www-authenticate': challenge }),
    ...(retryAfter !== undefined && { 'retry-after': String(retryAfter) }),
  };
  return { status, headers, answer: { error: { code, message, details } } };
}
