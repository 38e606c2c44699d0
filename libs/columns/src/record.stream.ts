/** Bytes as they arrive, or all at once. */
export type ByteSource = AsyncIterable<Uint8Array | string> | Iterable<Uint8Array | string> | Uint8Array | string;

/** One record of a stream, or why there is none; position is the line (CSV, NDJSON) or array element, from 1. */
export type StreamedRecord =
  | { position: number; record: unknown; problem?: undefined }
  | { position: number; record?: undefined; problem: { rule: string; text: string } };

const SHOWN = 200;

/** A record that could not be read, with the start of its text. */
export function unreadable(position: number, rule: string, text: string): StreamedRecord {
  return { position, problem: { rule, text: text.length > SHOWN ? `${text.slice(0, SHOWN)}...` : text } };
}

export async function* chunksOf(source: ByteSource): AsyncGenerator<Uint8Array> {
  const whole = typeof source === 'string' || source instanceof Uint8Array;
  for await (const chunk of whole ? [source] : source) {
    yield typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
  }
}
