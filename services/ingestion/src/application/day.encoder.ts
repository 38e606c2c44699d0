import { ParquetStream, takeRows } from '@perennial/columns';
import { type RowSchema, tableOfChunk } from '../domain/row.chunk';
import type { DayEncoding, KeptChunk } from './ports';

/** A day's file, chunk by chunk. */
export class DayEncoder {
  private readonly file: ParquetStream;

  constructor(private readonly schema: RowSchema) {
    this.file = new ParquetStream(schema.columns);
  }

  /** Bytes that became complete; often none. */
  append({ chunk, kept }: KeptChunk): Uint8Array {
    const table = tableOfChunk(chunk, this.schema.recordId);
    this.file.append(kept === null ? table : takeRows(table, kept));
    return this.file.take();
  }

  finish(): Uint8Array {
    return this.file.finish();
  }
}

/** Within the calling thread: for days of few rows. */
export const encodingHere: DayEncoding = {
  encode: async (schema, chunks) => {
    const encoder = new DayEncoder(schema);
    const pieces: Uint8Array[] = [];
    for await (const chunk of chunks) pieces.push(encoder.append(chunk));
    return Buffer.concat([...pieces, encoder.finish()]);
  },
};
