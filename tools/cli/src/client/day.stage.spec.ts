import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { stageOfDay } from './day.stage';
import { PlatformClient } from './platform.client';

const unknown = (code: string) => ({ error: { code, message: 'not there' } });

describe('where a day without a cycle is', () => {
  let server: Server;
  let answers: { preparation: object; day: object };
  beforeAll(async () => {
    server = createServer((request, response) => {
      const body = request.url?.startsWith('/api/v1/preprocessing/') ? answers.preparation : answers.day;
      response.statusCode = 'error' in body ? 404 : 200;
      response.end(JSON.stringify(body));
    });
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  });
  afterAll(() => void server.close());

  const stage = (preparation: object, day: object) => {
    answers = { preparation, day };
    const client = new PlatformClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    return stageOfDay(client, 'parcels', '2026-03-02');
  };

  it.each([
    ['to be closed', unknown('UNKNOWN_BATCH'), { state: 'collecting' }],
    ['to be prepared', unknown('UNKNOWN_BATCH'), { state: 'closed' }],
    ['to be prepared', unknown('UNKNOWN_BATCH'), unknown('UNKNOWN_DAY')],
    ['for the reference day', { state: 'waiting' }, { state: 'closed' }],
    ['to be prepared', { state: 'queued' }, { state: 'closed' }],
    ['for the feature view', { state: 'prepared' }, { state: 'closed' }],
  ])('waiting … %s', async (words, preparation, day) => {
    expect(await stage(preparation, day)).toContain(words);
  });

  it('a reference day that cannot be fitted is an end, with its reason', async () => {
    await expect(stage({ state: 'unusable', reason: 'no row' }, {})).rejects.toThrow(/cannot be fitted: no row/);
  });

  it('a day that cannot be prepared is an end, with its reason and how to go on', async () => {
    const ended = stage({ state: 'failed', reason: 'damaged' }, {});
    await expect(ended).rejects.toMatchObject({ message: expect.stringMatching(/cannot be prepared: damaged/) });
    await expect(ended).rejects.toMatchObject({ hint: expect.stringContaining('batches/parcels/2026-03-02/retry') });
  });
});
