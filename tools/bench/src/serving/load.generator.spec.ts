import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { figuresOf, runWrk } from './load.generator';

it('reads the figures out of what wrk prints', () => {
  const output =
    'Running 8s test @ http://127.0.0.1\n  1 threads\nfigures 72000 8000000 1800.000000 9512.000000 12 3\n';
  expect(figuresOf(output)).toEqual({
    ...{ perSecond: 9_000, p50Ms: 1.8, p99Ms: 9.51 },
    ...{ requests: 72_000, refused: 12, broken: 3 },
  });
  expect(() => figuresOf('unable to connect')).toThrow('unable to connect');
});

describe('without wrk', () => {
  const path = process.env.PATH;
  let server: Server;
  beforeAll(() => {
    process.env.PATH = '/nowhere';
    server = createServer().listen(0);
  });
  afterAll(() => {
    process.env.PATH = path;
    server.close();
  });

  it('names the package that has it', async () => {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const missing = { code: 'bench.peer-missing', message: expect.stringContaining('package wrk') };
    await expect(runWrk({ url, body: '{}', connections: 1, seconds: 1 })).rejects.toMatchObject(missing);
  });
});
