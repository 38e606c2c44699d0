import Fastify, { type FastifyInstance } from 'fastify';
import { postReadingLate } from '../testing';
import { answerWhileReceiving } from './early.answer';

let server: FastifyInstance;
let port: number;

beforeAll(async () => {
  server = Fastify({ bodyLimit: 1_000 });
  answerWhileReceiving(server);
  server.post('/', () => 'taken');
  server.get('/closing', (_request, reply) => reply.header('connection', 'close').send('bye'));
  await server.listen({ host: '127.0.0.1', port: 0 });
  port = server.addresses()[0]!.port;
});

afterAll(() => server.close());

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
