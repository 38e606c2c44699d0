import type { Readable } from 'node:stream';
import { ColumnsError, csvRecords, ndjsonRecords, type StreamedRecord } from '@perennial/columns';
import { ServiceError } from '@perennial/service';
import type { FastifyInstance } from 'fastify';

const STREAMED = ['application/x-ndjson', 'text/csv'];

/** Lets NDJSON and CSV through as they arrive; JSON is read whole, up to the server's body limit. */
export function acceptStreams(server: FastifyInstance): void {
  server.addContentTypeParser(STREAMED, (_request, payload, done) => done(null, payload));
}

/** Records of a request body; `csv` says that every value is text. */
export function recordsOfBody(
  contentType: string,
  body: unknown,
): { records: AsyncIterable<StreamedRecord> | StreamedRecord[]; csv: boolean } {
  const type = contentType.split(';')[0]?.trim().toLowerCase();
  if (type === 'text/csv') return { records: readable(csvRecords(chunksOf(body))), csv: true };
  if (type === 'application/x-ndjson') return { records: ndjsonRecords(chunksOf(body)), csv: false };
  if (type === 'application/json' && typeof body === 'object' && body !== null) {
    const records: unknown[] = Array.isArray(body) ? body : [body];
    return { records: records.map((record, index) => ({ position: index + 1, record })), csv: false };
  }
  const rule = `must be a JSON array or object (application/json), or ${STREAMED.join(' or ')}`;
  throw new ServiceError('UNSUPPORTED_BODY', type === 'application/json' ? 400 : 415, `body: ${rule}`, {
    field: 'body',
    value: contentType,
    rule,
  });
}

/** Without the stream's end where the reader stops: what is still coming can only be dropped from a stream that lives. */
const chunksOf = (body: unknown): AsyncIterable<Uint8Array> => (body as Readable).iterator({ destroyOnReturn: false });

/** A file that is no CSV at all is the client's fault. */
async function* readable(records: AsyncIterable<StreamedRecord>): AsyncGenerator<StreamedRecord> {
  try {
    yield* records;
  } catch (cause) {
    if (!(cause instanceof ColumnsError)) throw cause;
    const details = { field: 'body', rule: cause.message, ...cause.details };
    throw new ServiceError('MALFORMED_BODY', 400, cause.message, details, { cause });
  }
}
