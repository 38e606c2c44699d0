import { chunksOf, unreadable, type ByteSource, type StreamedRecord } from './record.stream';

const NEWLINE = 10;
const MAX_LINE_BYTES = 1_048_576;

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parsedLine(bytes: Uint8Array, position: number): StreamedRecord | null {
  let text: string;
  try {
    text = utf8.decode(bytes).trim();
  } catch {
    return unreadable(position, 'must be UTF-8', Buffer.from(bytes).toString('latin1'));
  }
  if (text === '') return null;
  try {
    return { position, record: JSON.parse(text) as unknown };
  } catch (error) {
    return unreadable(position, `must be JSON: ${(error as Error).message}`, text);
  }
}

/** One JSON value a line (LF or CRLF); blank lines are skipped. A bad or overlong line is reported and reading goes on. */
export async function* ndjsonRecords(source: ByteSource): AsyncGenerator<StreamedRecord> {
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let line = 1;

  const finishLine = (tail: Uint8Array): StreamedRecord | null => {
    const length = pendingBytes + tail.length;
    const bytes = pending.length === 0 ? tail : Buffer.concat([...pending, tail]);
    pending = [];
    pendingBytes = 0;
    if (length <= MAX_LINE_BYTES) return parsedLine(bytes, line);
    return unreadable(
      line,
      `must be at most ${MAX_LINE_BYTES} bytes`,
      Buffer.from(bytes.subarray(0, 300)).toString('latin1'),
    );
  };

  for await (const chunk of chunksOf(source)) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const record = finishLine(chunk.subarray(start, end));
      if (record) yield record;
      line++;
      start = end + 1;
    }
    // Of an overlong line only the beginning is kept.
    if (pendingBytes <= MAX_LINE_BYTES && start < chunk.length) pending.push(chunk.slice(start));
    pendingBytes += chunk.length - start;
  }
  const last = finishLine(new Uint8Array(0));
  if (last) yield last;
}
