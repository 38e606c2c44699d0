import { PassThrough } from 'node:stream';
import { type ServiceName, serviceNames } from '@perennial/contracts';
import httpProxy, { type FastifyHttpProxyOptions } from '@fastify/http-proxy';
import { answerWhileReceiving } from '@perennial/service';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { request } from 'undici';
import { instanceOf, loopback, type PlatformPlan, serviceUrl } from './platform.plan';
import { routes } from './service.placement';

const probeTimeoutMs = 3_000;

export interface ServiceHealth {
  service: ServiceName;
  url: string;
  ready: boolean;
  /** Failed checks by name, or why the service did not answer. */
  problems: Record<string, string>;
}

/** Not by fetch: it refuses some ports, among them 6566, which feature stores use. */
async function healthOf(service: ServiceName, url: string): Promise<ServiceHealth> {
  try {
    const { body } = await request(`${url}/health/ready`, { signal: AbortSignal.timeout(probeTimeoutMs) });
    const { ready, checks = {} } = (await body.json()) as { ready?: boolean; checks?: Record<string, string> };
    const problems = Object.fromEntries(Object.entries(checks).filter(([, state]) => state !== 'ok'));
    return { service, url, ready: ready === true, problems };
  } catch (error) {
    const { code, message } = error as Error & { code?: string };
    return { service, url, ready: false, problems: { process: code === 'ECONNREFUSED' ? 'does not listen' : message } };
  }
}

type OnError = NonNullable<NonNullable<FastifyHttpProxyOptions['replyOptions']>['onError']>;

function unavailable(service: ServiceName): OnError {
  const message = `${service} does not answer; it may be restarting`;
  const body = { error: { code: 'SERVICE_UNAVAILABLE', message, details: { service } } };
  return (reply) => void reply.code(503).send(body);
}

/**
 * undici destroys the body it was given when the answer comes first; then nobody could read on what the client still
 * sends. So it is given a copy, which ends early when the client does.
 */
function copyBody(request: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  const { raw, body } = request;
  if (body === raw) {
    const copy = raw.pipe(new PassThrough());
    raw.once('close', () => raw.complete || copy.destroy());
    request.body = copy;
  }
  done();
}

/** One address for the platform: forwards each path to the service that owns it. */
export async function startGateway(plan: PlatformPlan): Promise<FastifyInstance> {
  const server = Fastify({ forceCloseConnections: true });
  answerWhileReceiving(server);
  for (const [prefix, service] of Object.entries(routes)) {
    const upstream = serviceUrl(plan, service);
    const replyOptions = { onError: unavailable(service) };
    const options = { upstream, prefix, rewritePrefix: prefix, http2: false, preHandler: copyBody, replyOptions };
    await server.register(httpProxy, options);
  }
  server.get('/', () => ({
    services: serviceNames.map((service) => ({ service, url: serviceUrl(plan, service) })),
    routes,
    health: '/health',
  }));
  server.get('/health', async (_request, reply) => {
    const services = await Promise.all(serviceNames.map((name) => healthOf(name, serviceUrl(plan, name))));
    const ready = services.every((service) => service.ready);
    return reply.code(ready ? 200 : 503).send({ ready, instance: instanceOf(plan), services });
  });
  server.setNotFoundHandler((request, reply) => {
    const message = `${request.method} ${request.url}: no such path; GET / lists what there is`;
    return reply.code(404).send({ error: { code: 'UNKNOWN_PATH', message, details: { path: request.url } } });
  });
  await server.listen({ host: loopback, port: plan.ports.gateway });
  return server;
}
