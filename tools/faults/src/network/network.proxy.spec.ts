import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { once } from 'node:events';
import { freePort } from '@perennial/local-stack';
import { randomOf } from '../chaos/random';
import { NetworkProxy } from './network.proxy';

/** Answers each chunk with itself. */
async function echo(): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => {}).pipe(socket));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const said = async (socket: Socket, text: string): Promise<string> => {
  let answer = '';
  socket.write(text);
  while (answer.length < text.length) answer += String((await once(socket, 'data'))[0]);
  return answer;
};

describe('the proxy', () => {
  let server: Server;
  let proxy: NetworkProxy;
  const clients: Socket[] = [];

  const dial = async (): Promise<Socket> => {
    const socket = connect({ host: '127.0.0.1', port: proxy.port });
    clients.push(socket);
    await once(socket, 'connect');
    return socket;
  };

  beforeEach(async () => {
    server = await echo();
    proxy = new NetworkProxy(await freePort(20_000), () => (server.address() as AddressInfo).port, randomOf(1));
    await proxy.accept();
  });

  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await proxy.refuse();
    server.close();
  });

  it('passes bytes both ways, in order, also through bad weather', async () => {
    const socket = await dial();
    expect(await said(socket, 'fair')).toBe('fair');
    proxy.weather = { latencyMs: 5, jitterMs: 20, bytesPerSecond: 100_000 };
    const long = Array.from({ length: 2_000 }, (_, index) => String(index)).join(' ');
    expect(await said(socket, long)).toBe(long);
  });

  it('delays by the latency of both ways', async () => {
    proxy.weather = { latencyMs: 50, jitterMs: 0, bytesPerSecond: Infinity };
    const socket = await dial();
    const startedAt = performance.now();
    await said(socket, 'hello');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(98);
  });

  it('falls silent on the connections that stand, not on new ones', async () => {
    const old = await dial();
    await said(old, 'a');
    expect(proxy.freezeSome(1)).toBe(1);
    let heard = false;
    old.on('data', () => (heard = true)).on('close', () => (heard = true));
    old.write('b');
    expect(await said(await dial(), 'c')).toBe('c');
    expect(await said(await dial(), 'd')).toBe('d');
    expect(heard).toBe(false);
  });

  it('resets connections', async () => {
    const socket = await dial();
    await said(socket, 'a');
    const [error] = await Promise.all([once(socket, 'error'), proxy.resetSome(1)]);
    expect(error[0]).toMatchObject({ code: 'ECONNRESET' });
    await new Promise((resolve) => setImmediate(resolve));
    expect(proxy.connections).toBe(0);
  });

  it('refuses connections and takes them again on the same port', async () => {
    const { port } = proxy;
    await proxy.refuse();
    await expect(dial()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await proxy.accept();
    expect(proxy.port).toBe(port);
    expect(await said(await dial(), 'again')).toBe('again');
  });
});
