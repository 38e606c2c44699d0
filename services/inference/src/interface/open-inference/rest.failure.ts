import { describeFailure, type Logger } from '@perennial/service';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { predictionFailure, retryAfter } from '../prediction.failure';

/** Errors as the protocol has them: `{"error": "a sentence"}`. */
export function answerFailures(server: FastifyInstance, logger: Logger): void {
  server.setErrorHandler((error, request, reply) => {
    const failure = predictionFailure(error);
    const { status, code, message } = describeFailure(failure);
    if (status >= 500 && status !== 503) logger.error({ err: error }, 'request failed');
    const seconds = retryAfter(failure);
    if (seconds !== undefined) reply.header('retry-after', seconds);
    return sentence(reply, status, ruleOf(code, request) ?? message);
  });
  server.setNotFoundHandler((request, reply) =>
    sentence(reply, 404, `${request.method} ${request.url.split('?')[0]} is no path of this server`),
  );
}

/** Of what went wrong while the body was read, where the error itself does not say it all. */
function ruleOf(code: string, { headers, routeOptions }: FastifyRequest): string | undefined {
  const { 'content-length': length = 'more', 'content-encoding': encoding } = headers;
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return `body must have at most ${routeOptions.bodyLimit} bytes, decoded; got ${length}`;
  }
  // Of zlib: Z_DATA_ERROR, Z_BUF_ERROR.
  return code.startsWith('Z_') ? `body must be ${encoding}, as Content-Encoding says` : undefined;
}

/** As bytes: a character set behind the type would keep clients from reading it. */
function sentence(reply: FastifyReply, status: number, error: string): FastifyReply {
  return reply
    .code(status)
    .header('content-type', 'application/json')
    .send(Buffer.from(JSON.stringify({ error })));
}
