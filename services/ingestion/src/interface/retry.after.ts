import type { FastifyReply } from 'fastify';

/** Puts the time after which the same request may succeed into the header of the answer. */
export async function tellingWhen<T>(reply: Pick<FastifyReply, 'header'>, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const { details } = error as { details?: { retryAfterSeconds?: number } };
    if (details?.retryAfterSeconds !== undefined) void reply.header('retry-after', String(details.retryAfterSeconds));
    throw error;
  }
}
