import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { probeTransport } from './transport.probe';

/** The TLS side is probed on real servers, in the tests of the secured broker and database. */
describe('transport probe', () => {
  const servers: Server[] = [];
  const sockets: Socket[] = [];
  const listen = (onConnection: (socket: Socket) => void) =>
    new Promise<string>((resolve) => {
      const server = createServer((socket) => {
        sockets.push(socket);
        onConnection(socket.on('error', () => {}));
      });
      servers.push(server);
      server.listen(0, '127.0.0.1', () => resolve(`127.0.0.1:${(server.address() as AddressInfo).port}`));
    });

  afterAll(async () => {
    for (const socket of sockets) socket.destroy();
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  });

  it('finds plain text where the server hangs up', async () => {
    expect(await probeTransport(await listen((socket) => socket.once('data', () => socket.destroy())))).toBe('plain');
  });

  it('finds plain text where the server answers in another protocol', async () => {
    expect(await probeTransport(await listen((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))).toBe(
      'plain',
    );
  });

  it('finds plain text where the server waits for more', async () => {
    expect(await probeTransport(await listen(() => {}), 100)).toBe('plain');
  });

  it('finds TLS where the server answers with an alert', async () => {
    const handshakeFailure = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28]);
    expect(await probeTransport(await listen((socket) => socket.end(handshakeFailure)))).toBe('tls');
  });

  it('finds nobody', async () => {
    expect(await probeTransport('127.0.0.1:1')).toBe('away');
  });
});
