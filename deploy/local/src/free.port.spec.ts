import { createServer } from 'node:net';
import { candidatePorts, freePort } from './free.port';

describe('candidatePorts', () => {
  it('goes upwards from the preferred port without the avoided ones', () => {
    expect(candidatePorts(9092, [9093], 3)).toEqual([9092, 9094]);
  });
  it('ends with the last port there is', () => expect(candidatePorts(65_534, [], 9)).toEqual([65_534, 65_535]));
});

describe('freePort', () => {
  it('passes over a port that is in use', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port: taken } = server.address() as { port: number };
    try {
      expect(await freePort(taken)).toBeGreaterThan(taken);
    } finally {
      await new Promise((resolve) => server.close(resolve));
    }
  });
});
