import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import Fastify, { type FastifyInstance } from 'fastify';
import { postReadingLate } from '../testing';
import { answerWhileReceiving } from './early.answer';

let server: FastifyInstance;
let port: number;
let impatient: FastifyInstance;
const lingerMs = 500;

async function serve(...lingers: number[]): Promise<FastifyInstance> {
  const server = Fastify({ bodyLimit: 1_000 });
  answerWhileReceiving(server, ...lingers);
  server.post('/', () => 'taken');
  server.addContentTypeParser('application/x-ndjson', (_request, payload, done) => done(null, payload));
  server.post('/lines', async ({ body }) => {
    for await (const _ of body as AsyncIterable<Buffer>) throw Object.assign(new Error('full'), { statusCode: 429 });
  });
  server.get('/closing', (_request, reply) => reply.header('connection', 'close').send('bye'));
  await server.listen({ host: '127.0.0.1', port: 0 });
  return server;
}

beforeAll(async () => {
  [server, impatient] = [await serve(), await serve(lingerMs)];
  port = server.addresses()[0]!.port;
});

afterAll(() => Promise.all([server.close(), impatient.close()]));

it('tells those who read when they have sent all that their body is too large', async () => {
  const headers = { 'content-type': 'application/json' };
  const { status, body } = await postReadingLate({ port, path: '/', headers, chunks: 400 });
  expect(status).toBe(413);
  expect(JSON.parse(body)).toMatchObject({ code: 'FST_ERR_CTP_BODY_TOO_LARGE' });
});

it('leaves connections alone that were to be closed after the whole request', async () => {
  const { headers } = await fetch(`http://127.0.0.1:${port}/closing`);
  expect(headers.get('connection')).toBe('close');
});

it('gets over a body that its reader has given up', async () => {
  async function* lines() {
    for (let n = 0; n < 3; n += 1) {
      yield `${'x'.repeat(300_000)}\n`;
      await setTimeout(5);
    }
  }
  const url = `http://127.0.0.1:${impatient.addresses()[0]!.port}`;
  const body = Readable.toWeb(Readable.from(lines(), { objectMode: false })) as ReadableStream;
  const request = { method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body, duplex: 'half' };
  const response = await fetch(`${url}/lines`, request as RequestInit);
  expect(response.status).toBe(429);
  await response.text();
  // An error in a timer would end the process.
  await setTimeout(2 * lingerMs);
  expect((await fetch(`${url}/closing`)).status).toBe(200);
});
