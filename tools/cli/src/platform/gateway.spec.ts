import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { serviceNames } from '@perennial/contracts';
import { postReadingLate } from '@perennial/service/testing';
import type { FastifyInstance } from 'fastify';
import { startGateway } from './gateway';
import { askHealth } from './platform.launch';
import type { PlatformPlan } from './platform.plan';

const refusal = '{"error":{"code":"TOO_LARGE"}}';

let upstream: Server;
let gateway: FastifyInstance;
let url: string;

const planOf = (home: string, gatewayPort: number, services: Record<string, number>): PlatformPlan =>
  ({ home, ports: { gateway: gatewayPort, grpc: 1, services } }) as unknown as PlatformPlan;

const listen = (server: Server) => new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
const portOf = (server: Server) => (server.address() as AddressInfo).port;

beforeAll(async () => {
  upstream = createServer((request, response) => {
    if (request.url?.endsWith('/refused')) {
      const headers = { 'content-type': 'application/json', 'content-length': refusal.length };
      response.writeHead(413, headers).end(refusal);
      return;
    }
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      response.setHeader('content-type', 'application/json');
      if (request.url === '/health/ready') return response.end('{"ready":true,"checks":{"broker":"ok"}}');
      return response.end(JSON.stringify({ url: request.url, body: Buffer.concat(chunks).toString() }));
    });
  });
  await listen(upstream);
  const closed = createServer();
  await listen(closed);
  const ports = Object.fromEntries(serviceNames.map((name) => [name, portOf(upstream)]));
  ports.trainer = portOf(closed);
  await new Promise((done) => closed.close(done));
  gateway = await startGateway(planOf('/home/one', 0, ports));
  url = `http://127.0.0.1:${portOf(gateway.server as Server)}`;
});

afterAll(async () => {
  await gateway.close();
  upstream.close();
});

describe('the gateway', () => {
  it('forwards a path with its query and body to the service that owns it', async () => {
    const path = '/api/v1/datasets/d/days/2026-01-01/records?x=1';
    const answer = await fetch(url + path, { method: 'POST', headers: { 'content-type': 'text/csv' }, body: 'a,b' });
    expect(await answer.json()).toEqual({ url: path, body: 'a,b' });
  });

  it('hands on an answer that comes before the whole body, also to those who read it late', async () => {
    const port = portOf(gateway.server as Server);
    const headers = { 'content-type': 'text/csv' };
    const answer = await postReadingLate({ port, path: '/api/v1/datasets/refused', headers, chunks: 400 });
    expect(answer).toEqual({ status: 413, body: refusal });
  });

  it('ends the request to the service when the client goes away', async () => {
    const closed = new Promise<boolean>((resolve) =>
      upstream.once('request', (request: IncomingMessage) => request.once('close', () => resolve(request.complete))),
    );
    const gone = new AbortController();
    const body = Readable.toWeb(
      Readable.from(
        (async function* () {
          yield 'a,b\n';
          await once(upstream, 'request');
          gone.abort();
        })(),
      ),
    );
    const sent = fetch(`${url}/api/v1/datasets/d`, {
      ...{ method: 'POST', headers: { 'content-type': 'text/csv' }, body, duplex: 'half', signal: gone.signal },
    } as RequestInit);
    await expect(sent).rejects.toThrow();
    expect(await closed).toBe(false);
  });

  it('says which service does not answer', async () => {
    const answer = await fetch(`${url}/api/v1/runs`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({
      error: { code: 'SERVICE_UNAVAILABLE', details: { service: 'trainer' } },
    });
  });

  it('is unhealthy as soon as one service is not ready, and says which', async () => {
    const answer = await fetch(`${url}/health`);
    const { ready, services } = (await answer.json()) as {
      ready: boolean;
      services: { service: string; ready: boolean }[];
    };
    expect([answer.status, ready]).toEqual([503, false]);
    expect(services.filter((each) => !each.ready).map(({ service }) => service)).toEqual(['trainer']);
  });

  it('is not taken for the gateway of another platform', async () => {
    const port = portOf(gateway.server as Server);
    const services = Object.fromEntries(serviceNames.map((name) => [name, portOf(upstream)]));
    await expect(askHealth(planOf('/home/one', port, services))).resolves.toHaveLength(9);
    await expect(askHealth(planOf('/home/two', port, services))).rejects.toThrow(/is the gateway of another platform/);
  });

  it('lists the services, and knows no other path', async () => {
    expect(((await (await fetch(url)).json()) as { services: unknown[] }).services).toHaveLength(9);
    expect((await fetch(`${url}/nope`)).status).toBe(404);
  });
});
