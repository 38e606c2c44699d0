import { ServiceError } from '@perennial/service';
import type { FastifyInstance } from 'fastify';

const TYPES = ['application/octet-stream', 'application/onnx', 'application/x-onnx'];

/** Of a submitted file; it is read whole. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Lets model files through as bytes. */
export function acceptModels(server: FastifyInstance): void {
  server.addContentTypeParser(TYPES, { parseAs: 'buffer', bodyLimit: MAX_BYTES }, (_request, body, done) =>
    done(null, body),
  );
}

/** Throws UNSUPPORTED_BODY (415) and MALFORMED_BODY. */
export function modelBytes(body: unknown): Uint8Array {
  if (body instanceof Uint8Array && body.byteLength > 0) return body;
  const rule = `must be the bytes of an ONNX file (${TYPES.join(', ')})`;
  const empty = body instanceof Uint8Array;
  throw new ServiceError(empty ? 'MALFORMED_BODY' : 'UNSUPPORTED_BODY', empty ? 400 : 415, `body: ${rule}`, {
    field: 'body',
    rule,
  });
}
