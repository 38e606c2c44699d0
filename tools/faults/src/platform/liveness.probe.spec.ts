import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { probeLiveness } from './liveness.probe';

const once = { forMs: 1, pauseMs: 0 };

async function listening(status: number): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    response.writeHead(request.url === '/health/live' ? status : 404).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

describe('probing liveness', () => {
  it('tells services that answer from those that do not', async () => {
    const [well, ill, gone] = await Promise.all([listening(200), listening(503), listening(200)]);
    await new Promise((resolve) => gone.server.close(resolve));
    const services = { well: well.url, ill: ill.url, gone: gone.url };
    const named = Object.entries(services).map(([service, url]) => ({ service, url }));
    const found = await probeLiveness(named, once);
    expect(found.map(({ service, probes, failures }) => [service, probes > 0, failures === probes])).toEqual([
      ['well', true, false],
      ['ill', true, true],
      ['gone', true, true],
    ]);
    expect(found[0]).toMatchObject({ failures: 0 });
    for (const { server } of [well, ill]) await new Promise((resolve) => server.close(resolve));
  });
});
