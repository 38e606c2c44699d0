import { Readable } from 'node:stream';
import { compiledEntry, ComputeThread } from '@perennial/compute-thread';
import { encodingHere } from '../application/day.encoder';
import type { DayEncoding, KeptChunk } from '../application/ports';
import type { RowSchema } from '../domain/row.chunk';

/** A day of fewer rows is encoded at once in about 100 ms: sooner than a thread could start. */
const MIN_ROWS = 10_000;
const HEAP_MIB = 256;

/** Bytes of their own: what the database's client handed out are views of whole answers, which cannot be given away. */
const own = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);

/** One row group of the file at a time is in memory, in a thread that ends with the day. */
export class ThreadedEncoding implements DayEncoding {
  private readonly file = compiledEntry(__dirname, 'day.worker.js');

  async encode(schema: RowSchema, chunks: AsyncIterable<KeptChunk>, rows: number): Promise<Uint8Array | Readable> {
    if (rows < MIN_ROWS) return encodingHere.encode(schema, chunks, rows);
    return Readable.from(this.pieces(schema, chunks), { objectMode: false });
  }

  private async *pieces(
    { columns, recordId }: RowSchema,
    chunks: AsyncIterable<KeptChunk>,
  ): AsyncGenerator<Uint8Array> {
    const workerData: RowSchema = { columns, recordId };
    const thread = new ComputeThread({ name: 'day', file: this.file, workerData, heapMiB: HEAP_MIB });
    // One chunk is encoded while the next one is read.
    let encoded = Promise.resolve(new Uint8Array(0));
    try {
      for await (const { chunk, kept } of chunks) {
        const sent = { chunk: { ids: own(chunk.ids), data: own(chunk.data) }, kept };
        const before = await encoded;
        if (before.length > 0) yield before;
        encoded = thread.call<Uint8Array<ArrayBuffer>>(sent, [
          sent.chunk.ids.buffer,
          sent.chunk.data.buffer,
        ] as ArrayBuffer[]);
        encoded.catch(() => undefined); // awaited in the next round, or not at all where reading fails
      }
      yield await encoded;
      yield await thread.call<Uint8Array>(null);
    } finally {
      await thread.close();
    }
  }
}
