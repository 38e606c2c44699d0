import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { Agent, request } from 'node:https';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { silentLogger } from '@perennial/messaging';
import type { AccessConfig } from '../access/access.config';
import { ServerTls } from '../access/tls';
import { watchTls } from '../access/tls.files';
import { type Authority, createAuthority } from '@perennial/transport-security';
import { createServer } from './http.limits';

const limits = { headersTimeoutMs: 300, requestTimeoutMs: 600, keepAliveTimeoutMs: 5_000, maxConnections: 5 };
const open: Server[] = [];

async function listen(tls?: ServerTls): Promise<{ port: number; server: Server; taken: string[] }> {
  const taken: string[] = [];
  const server = createServer(
    (message, response) => {
      taken.push(message.url ?? '');
      message.resume().once('end', () => response.end('done'));
    },
    limits,
    tls,
  );
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, server, taken };
}

afterAll(async () => {
  for (const server of open) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});

describe('a slow client', () => {
  /** Sends a piece from time to time, and tells what comes back until the connection ends. */
  async function drip(port: number, begin: string, piece: string): Promise<string> {
    const socket: Socket = connect(port, '127.0.0.1').on('error', () => {});
    let answer = '';
    socket.setEncoding('utf8').on('data', (text) => (answer += String(text)));
    socket.write(begin);
    const timer = setInterval(() => socket.write(piece), 50);
    await once(socket, 'close');
    clearInterval(timer);
    return answer;
  }

  it.each([
    ['of headers', 'POST / HTTP/1.1\r\nhost: x\r\n', 'x-a: b\r\n'],
    ['of a request line', 'GET /', 'a'],
    ['of a body', 'POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 100000\r\n\r\n', 'b'],
    ['that sends nothing', '', ''],
  ])('%s is cut off, while others are answered', async (_, begin, piece) => {
    const { port } = await listen();
    const slow = drip(port, begin, piece);
    await sleep(20);
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('done');
    expect(await slow).toMatch(/^(HTTP\/1\.1 408 |HTTP\/1\.1 400 |$)/);
  });
});

it('closes connections beyond the limit at once, and takes new ones when others are gone', async () => {
  const { port, server } = await listen();
  const idle = Array.from({ length: limits.maxConnections }, () => connect(port, '127.0.0.1'));
  await Promise.all(idle.map((socket) => once(socket, 'connect')));
  const dropped = once(server, 'drop');
  const one = connect(port, '127.0.0.1').on('error', () => {});
  await Promise.all([once(one, 'close'), dropped]);
  for (const socket of idle) socket.destroy();
  await sleep(50);
  expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(200);
});

describe('TLS', () => {
  const folder = mkdtempSync(join(tmpdir(), 'https-'));
  let ours: Authority;
  let other: Authority;
  const at = (name: string) => join(folder, name);
  const place = ({ server, caFile }: Authority) => {
    cpSync(server.keyFile, at('key.pem'));
    cpSync(server.certFile, at('cert.pem'));
    cpSync(caFile, at('ca.pem'));
  };
  const watch = (certificates: AccessConfig['TLS_CLIENT_CERTIFICATES'] | undefined) => {
    const config = {
      ...{ TLS_CERT_FILE: at('cert.pem'), TLS_KEY_FILE: at('key.pem') },
      ...{ TLS_CLIENT_CA_FILE: certificates && at('ca.pem'), TLS_CLIENT_CERTIFICATES: certificates ?? 'required' },
    };
    const files = watchTls(config as AccessConfig, silentLogger as never)!;
    return { files, tls: new ServerTls(files.current(), certificates ?? 'required') };
  };
  const ask = (port: number, authority: Authority, path = '/', client?: Authority['client']) =>
    new Promise<number>((resolve, reject) => {
      const agent = new Agent({
        ca: readFileSync(authority.caFile),
        cert: client && readFileSync(client.certFile),
        key: client && readFileSync(client.keyFile),
      });
      request({ host: '127.0.0.1', port, path, agent }, (answer) => {
        answer.resume();
        resolve(answer.statusCode ?? 0);
      })
        .once('error', reject)
        .end();
    });

  beforeAll(async () => {
    [ours, other] = (await Promise.all(['ours', 'other'].map((name) => createAuthority(at(name))))) as [
      Authority,
      Authority,
    ];
  });
  beforeEach(() => place(ours));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('answers whoever trusts its authority, and nobody in plain text', async () => {
    const { port } = await listen(watch(undefined).tls);
    expect(await ask(port, ours)).toBe(200);
    await expect(ask(port, other)).rejects.toThrow(/certificate/);
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  it('shows the certificate that was put in place of the first, to new connections', async () => {
    const { files, tls } = watch(undefined);
    const { port } = await listen(tls);
    expect(await ask(port, ours)).toBe(200);
    // Half of it: the old pair stays.
    cpSync(other.server.certFile, at('cert.pem'));
    expect(files.look()).toBe(false);
    expect(await ask(port, ours)).toBe(200);
    place(other);
    expect(files.look()).toBe(true);
    tls.replace(files.current());
    expect(await ask(port, other)).toBe(200);
    await expect(ask(port, ours)).rejects.toThrow(/certificate/);
  });

  it('answers only those with a certificate of the authority, where they must have one', async () => {
    const { port, taken } = await listen(watch('required').tls);
    expect(await ask(port, ours, '/', ours.client)).toBe(200);
    await expect(ask(port, ours, '/health/live')).rejects.toThrow();
    await expect(ask(port, ours, '/', other.client)).rejects.toThrow();
    expect(taken).toEqual(['/']);
  });

  it('lets probes without a certificate ask for health, and nothing else', async () => {
    const { port, taken } = await listen(watch('except-health').tls);
    expect(await ask(port, ours, '/predict', ours.client)).toBe(200);
    expect(await ask(port, ours, '/health/ready')).toBe(200);
    for (const path of ['/predict', '/healthy', '/health/../predict', '/health/a/b', '/%68ealth'])
      expect(await ask(port, ours, path)).toBe(403);
    expect(await ask(port, ours, '/predict', other.client)).toBe(403);
    expect(taken).toEqual(['/predict', '/health/ready']);
  });

  it.each([
    ['TLS_CERT_FILE', 'cert.pem', () => ours.server.keyFile],
    ['TLS_KEY_FILE', 'key.pem', () => other.server.keyFile],
    ['TLS_CLIENT_CA_FILE', 'ca.pem', () => ours.server.keyFile],
  ])('is not begun with a wrong %s', (variable, name, from) => {
    cpSync(from(), at(name));
    expect(() => watch('required')).toThrow(new RegExp(`${variable}: must hold`));
  });
});
