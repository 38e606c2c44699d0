import type { IncomingMessage } from 'node:http';
import type { FastifyInstance, FastifyReply } from 'fastify';

/** How long the rest of a body is read and dropped after its answer; web servers take 30 s. */
const LINGER_MS = 30_000;

const isReceiving = ({ complete, headers }: IncomingMessage): boolean =>
  !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0);

/**
 * Lets those who are still sending hear their answer, such as 413. A connection that is closed with unread bytes is
 * reset, and the answer with it (RFC 9112, 9.6): so it is kept and the rest read and dropped, for a while.
 */
export function answerWhileReceiving(server: FastifyInstance, lingerMs = LINGER_MS): void {
  // Of every request, so neither a promise nor a second hook.
  server.addHook('onSend', ({ raw }, reply, _payload, done) => {
    if (isReceiving(raw)) keepReading(raw, reply, lingerMs);
    done();
  });
}

function keepReading(request: IncomingMessage, reply: FastifyReply, lingerMs: number): void {
  const answer = reply.raw;
  reply.removeHeader('connection');
  if (answer.hasHeader('connection')) answer.setHeader('connection', 'keep-alive');
  // A request whose reader has given up knows its socket no more.
  const { socket } = answer;
  answer.once('finish', () => {
    if (!isReceiving(request)) return;
    // Whoever read it, such as a proxy, may have stopped.
    request.resume();
    setTimeout(() => isReceiving(request) && socket?.destroy(), lingerMs).unref();
  });
}
