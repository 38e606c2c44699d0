import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { OpenLoop } from './open.loop';

describe('an open loop', () => {
  let server: Server;
  let answering = true;
  const held: (() => void)[] = [];
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/predict`;

  beforeAll(async () => {
    server = createServer((request, response) => {
      const answer = () => response.writeHead(request.url === '/predict' ? 200 : 404).end('{}');
      request.resume().once('end', () => (answering ? answer() : held.push(answer)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  it('goes on sending while answers are held back, and charges the server for the wait', async () => {
    const loop = new OpenLoop({ url: url(), bodies: ['{"a":1}'], perSecond: 200 });
    answering = false;
    loop.start();
    while (held.length < 40) await new Promise((resolve) => setTimeout(resolve, 5));
    answering = true;
    held.splice(0).forEach((answer) => answer());
    while (loop.take().requests === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    loop.stop();
    expect(held).toEqual([]);
  }, 30_000);

  it('tells failures from answers', async () => {
    const loop = new OpenLoop({ url: `${url()}/none`, bodies: ['{}'], perSecond: 500 });
    loop.start();
    let failures = 0;
    while (failures === 0) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      const taken = loop.take();
      expect(taken.failures).toBe(taken.requests);
      failures = taken.failures;
    }
    loop.stop();
  }, 30_000);
});
