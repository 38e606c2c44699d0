import { once } from 'node:events';
import { Agent, createServer, request, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpDrain } from './http.drain';

interface Outcome {
  code: string;
  /** Whether it was the first request of its connection. */
  fresh: boolean;
}

/** One client after the other request on kept connections, until nobody takes a connection any more. */
async function client(port: number, outcomes: Outcome[]): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let refused = false;
  while (!refused) {
    const outcome = await new Promise<Outcome>((resolve) => {
      const asked = request({ host: '127.0.0.1', port, agent, method: 'POST' }, (answer) => {
        answer.resume().once('end', () => resolve({ code: String(answer.statusCode), fresh: !asked.reusedSocket }));
      });
      asked.once('error', ({ code }: NodeJS.ErrnoException) =>
        resolve({ code: String(code), fresh: !asked.reusedSocket }),
      );
      asked.end('x');
    });
    refused = outcome.code === 'ECONNREFUSED';
    outcomes.push(outcome);
  }
  agent.destroy();
}

describe('draining', () => {
  let server: Server;
  let drain: HttpDrain;
  let port: number;

  beforeEach(async () => {
    server = createServer((message, response) => {
      message.resume().once('end', () => setTimeout(() => response.end('done'), 1));
    });
    drain = new HttpDrain();
    drain.watch(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });
  const close = () => new Promise((resolve) => server.close(resolve));

  it('loses no request of clients that go on asking on kept connections', async () => {
    const outcomes: Outcome[] = [];
    const clients = Array.from({ length: 16 }, () => client(port, outcomes));
    while (outcomes.length < 200) await sleep(10);
    await drain.run(300);
    await close();
    await Promise.all(clients);
    // A connection that was on its way when the server closed was taken by nobody.
    const lost = outcomes.filter(
      ({ code, fresh }) => code !== '200' && code !== 'ECONNREFUSED' && !(fresh && code === 'ECONNRESET'),
    );
    expect(lost).toEqual([]);
    expect(outcomes.filter(({ code }) => code === '200').length).toBeGreaterThan(100);
    expect(outcomes.some(({ fresh }) => !fresh)).toBe(true);
  });

  /** Sends its second request when the server is about to close: it is on its way, and nobody has read it. */
  async function secondAnswer(end: () => Promise<unknown>): Promise<string> {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    socket.on('error', () => {});
    const message = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';
    socket.write(message);
    expect(String((await once(socket, 'data'))[0])).toMatch(/connection: keep-alive/i);
    let answer = '';
    socket.on('data', (text) => (answer += String(text)));
    const closed = new Promise((resolve) => socket.once('close', resolve));
    socket.write(message);
    await Promise.all([end(), closed]);
    return answer;
  }

  it('answers the request that is on its way when the end begins, which would be lost without it', async () => {
    const drained = await secondAnswer(async () => {
      await drain.run(2_000);
      await close();
    });
    expect(drained).toMatch(/^HTTP\/1\.1 200 [^]*Connection: close/i);
  });

  it('is what saves it: a server that only closes loses it', async () => {
    expect(await secondAnswer(close)).toBe('');
  });

  it('is over at once where nobody asks', async () => {
    const begun = performance.now();
    await drain.run(60_000);
    expect(performance.now() - begun).toBeLessThan(30_000);
    await close();
  });

  it('is over when those who asked are gone, and tells them to go', async () => {
    const agent = new Agent({ keepAlive: true });
    const ask = () =>
      new Promise<string | undefined>((resolve, reject) => {
        const asked = request({ host: '127.0.0.1', port, agent }, (answer) => {
          answer.resume().once('end', () => resolve(answer.headers.connection));
        });
        asked.once('error', reject).end();
      });
    expect(await ask()).toBe('keep-alive');
    const over = drain.run(60_000);
    expect(await ask()).toBe('close');
    await over;
    agent.destroy();
    await close();
  });
});
