import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Client, credentials, Metadata, type ServiceError, status } from '@grpc/grpc-js';
import { AccessControl } from '@perennial/access';
import { CallGuard, declaredNeed, type Logger, ServerTls } from '@perennial/service';
import { IssuedKeys } from '@perennial/service/testing';
import { type Authority, createAuthority } from '@perennial/transport-security';
import { inferenceMethods } from '../access.table';
import { accessInterceptor } from './access.interceptor';
import { GrpcServer } from './grpc.server';
import { inferenceService } from './inference.definition';

const quiet = { info: () => undefined, error: () => undefined } as unknown as Logger;
const inference = {
  limits: { maxRows: 10 },
  serverMetadata: () => ({ name: 'test' }),
  requirePlace: () => undefined,
  infer: async (model: string) => ({ model, version: '1', outputs: [] }),
};
const issued = new IssuedKeys();
const keyOf = issued.issue;
const keys = {
  all: keyOf('all', ['predict']),
  credit: keyOf('credit', ['predict@credit']),
  read: keyOf('read', ['data:read']),
  slow: keyOf('slow', ['predict'], { perSecond: 0.1, burst: 1 }),
};
const ring = issued.ring();

async function serve(options: { guarded?: boolean; tls?: ServerTls }): Promise<GrpcServer> {
  const clock = { now: Date.now, elapsed: () => performance.now() };
  const guard = new CallGuard({ control: new AccessControl({ keys: () => ring, ...clock }), onRefused: () => {} });
  const server = new GrpcServer(inference as never, {} as never, quiet, {
    ...{ host: '127.0.0.1', port: 0, maxMessageBytes: 100_000, graceMs: 500, tls: options.tls },
    interceptors: options.guarded ? [accessInterceptor(guard, inferenceMethods)] : undefined,
  });
  await server.start();
  return server;
}

type Answer = { code: number; metadata?: Metadata; answer?: unknown };
function call(client: Client, method: string, request: object, metadata = new Metadata()): Promise<Answer> {
  const unary = (client as unknown as Record<string, (...args: unknown[]) => void>)[method];
  return new Promise((resolve) =>
    unary?.call(
      client,
      request,
      metadata,
      { deadline: Date.now() + 20_000 },
      (error: ServiceError | null, answer: unknown) =>
        resolve(error ? { code: error.code, metadata: error.metadata } : { code: status.OK, answer }),
    ),
  );
}
const Service = inferenceService();
const bearer = (key: string): Metadata => {
  const metadata = new Metadata();
  metadata.set('authorization', `Bearer ${key}`);
  return metadata;
};

const input = { name: 'a', datatype: 'FP32', shape: [1], contents: { fp32_contents: [1] } };

describe('gRPC with access control', () => {
  let server: GrpcServer;
  let client: Client;
  beforeAll(async () => {
    server = await serve({ guarded: true });
    client = new Service(String(server.address()), credentials.createInsecure());
  });
  afterAll(async () => {
    client.close();
    await server.stop();
  });
  const infer = (key: string | undefined, model: string) =>
    call(client, 'ModelInfer', { model_name: model, inputs: [input] }, key === undefined ? undefined : bearer(key));

  it('answers those who may, about the models that they may ask', async () => {
    expect(await infer(keys.all, 'credit')).toMatchObject({ code: status.OK, answer: { model_name: 'credit' } });
    expect((await infer(keys.credit, 'credit')).code).toBe(status.OK);
    expect((await infer(keys.credit, 'fraud')).code).toBe(status.PERMISSION_DENIED);
    expect((await infer(keys.credit, '')).code).toBe(status.PERMISSION_DENIED);
    expect((await infer(keys.read, 'credit')).code).toBe(status.PERMISSION_DENIED);
  });

  it('asks for a credential', async () => {
    const { code, metadata } = await infer(undefined, 'credit');
    expect([code, metadata?.get('www-authenticate')]).toEqual([status.UNAUTHENTICATED, ['Bearer realm="perennial"']]);
    expect((await infer(`${keys.all.slice(0, -2)}`, 'credit')).code).toBe(status.UNAUTHENTICATED);
  });

  it('takes the key by the other header as well', async () => {
    const metadata = new Metadata();
    metadata.set('x-api-key', keys.all);
    expect((await call(client, 'ServerMetadata', {}, metadata)).code).toBe(status.OK);
  });

  it('tells anybody whether it is alive', async () => {
    expect((await call(client, 'ServerLive', {})).code).toBe(status.OK);
    expect((await call(client, 'ServerMetadata', {})).code).toBe(status.UNAUTHENTICATED);
  });

  it('refuses those who ask too often, and tells when again', async () => {
    expect((await infer(keys.slow, 'credit')).code).toBe(status.OK);
    const { code, metadata } = await infer(keys.slow, 'credit');
    expect([code, metadata?.get('retry-after')]).toEqual([status.RESOURCE_EXHAUSTED, ['10']]);
  });
});

it('knows what every method of the service asks for', () => {
  const paths = Object.values(Service.service).map(({ path }) => path);
  expect(paths.length).toBeGreaterThan(5);
  expect(paths.filter((path) => declaredNeed(inferenceMethods, 'GRPC', path) === undefined)).toEqual([]);
});

describe('gRPC with TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'grpc-tls-'));
  let ours: Authority;
  let other: Authority;
  const material = ({ server, caFile }: Authority, mutual: boolean) => ({
    cert: readFileSync(server.certFile),
    key: readFileSync(server.keyFile),
    ca: mutual ? readFileSync(caFile) : undefined,
  });
  const ask = async (server: GrpcServer, trusted: Authority, identity?: Authority['client']): Promise<number> => {
    const files = identity ? [readFileSync(identity.keyFile), readFileSync(identity.certFile)] : [];
    const client = new Service(String(server.address()), credentials.createSsl(readFileSync(trusted.caFile), ...files));
    const { code } = await call(client, 'ServerLive', {});
    client.close();
    return code;
  };
  beforeAll(async () => {
    [ours, other] = (await Promise.all(['ours', 'other'].map((name) => createAuthority(join(folder, name))))) as [
      Authority,
      Authority,
    ];
    cpSync(ours.caFile, join(folder, 'ca.pem'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('shows the certificate of now', async () => {
    const tls = new ServerTls(material(ours, false), 'required');
    const server = await serve({ tls });
    expect(await ask(server, ours)).toBe(status.OK);
    expect(await ask(server, other)).toBe(status.UNAVAILABLE);
    tls.replace(material(other, false));
    expect(await ask(server, other)).toBe(status.OK);
    expect(await ask(server, ours)).toBe(status.UNAVAILABLE);
    await server.stop();
  });

  it('answers only clients with a certificate of the authority', async () => {
    const server = await serve({ tls: new ServerTls(material(ours, true), 'required') });
    expect(await ask(server, ours, ours.client)).toBe(status.OK);
    expect(await ask(server, ours)).toBe(status.UNAVAILABLE);
    expect(await ask(server, ours, other.client)).toBe(status.UNAVAILABLE);
    await server.stop();
  });
});
