import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { openScratchFile, streamOf } from './scratch.file';

/** Bytes whose digest is known, readable more than once. */
export interface Content {
  /** SHA-256 in 64 hexadecimal digits; also the id of the file in its bucket. */
  readonly sha256: string;
  readonly bytes: number;
  /** The bytes when they are in memory, else a fresh stream. */
  open(): Uint8Array | Readable;
  discard(): Promise<void>;
}

export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function contentOfBytes(bytes: Uint8Array): Content {
  return { sha256: digestOf(bytes), bytes: bytes.byteLength, open: () => bytes, discard: async () => undefined };
}

/** The id of a file is its digest, which a stream tells only at its end: so a stream goes to disk first. */
async function contentOfStream(stream: Readable, directory?: string): Promise<Content> {
  const file = await openScratchFile(directory);
  const hash = createHash('sha256');
  let bytes = 0;
  const measured = async function* () {
    for await (const chunk of stream) {
      const buffer = Buffer.from(chunk as Buffer);
      hash.update(buffer);
      bytes += buffer.byteLength;
      yield buffer;
    }
  };
  try {
    await writeFile(file, measured());
  } catch (error) {
    await file.close();
    throw error;
  }
  return { sha256: hash.digest('hex'), bytes, open: () => streamOf(file), discard: () => file.close() };
}

export function contentOf(content: Uint8Array | Readable, directory?: string): Promise<Content> {
  return content instanceof Readable ? contentOfStream(content, directory) : Promise.resolve(contentOfBytes(content));
}

/** Cuts a stream or an array into pieces of exactly `size` bytes, the last one shorter. */
export async function* pieces(content: Uint8Array | Readable, size: number): AsyncGenerator<Uint8Array> {
  if (!(content instanceof Readable)) {
    for (let start = 0; start < content.byteLength; start += size) yield content.subarray(start, start + size);
    return;
  }
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of content) {
    rest = rest.byteLength === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    while (rest.byteLength >= size) {
      yield rest.subarray(0, size);
      rest = rest.subarray(size);
    }
  }
  if (rest.byteLength > 0) yield rest;
}
