import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/** How long the rest of a body is read and dropped after its answer; web servers take 30 s. */
const LINGER_MS = 30_000;

const isReceiving = ({ complete, headers }: IncomingMessage): boolean =>
  !complete && (headers['transfer-encoding'] !== undefined || Number(headers['content-length']) > 0);

/**
 * Lets those who are still sending hear their answer, such as 413. A connection that is closed with unread bytes is
 * reset, and the answer with it (RFC 9112, 9.6): so it is kept and the rest read and dropped, for a while.
 */
export function answerWhileReceiving(server: FastifyInstance, lingerMs = LINGER_MS): void {
  const receiving = new WeakMap<IncomingMessage, Socket>();
  server.addHook('onSend', async ({ raw }, reply) => {
    if (!isReceiving(raw)) return;
    reply.removeHeader('connection');
    if (reply.raw.hasHeader('connection')) reply.raw.setHeader('connection', 'keep-alive');
    // A request whose reader has given up knows its socket no more.
    if (reply.raw.socket) receiving.set(raw, reply.raw.socket);
  });
  server.addHook('onResponse', async ({ raw }) => {
    if (!isReceiving(raw)) return;
    // Whoever read it, such as a proxy, may have stopped.
    raw.resume();
    setTimeout(() => isReceiving(raw) && receiving.get(raw)?.destroy(), lingerMs).unref();
  });
}
