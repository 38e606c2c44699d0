import type { Readable } from 'node:stream';
import { encodingHere } from '../application/day.encoder';
import type { KeptChunk } from '../application/ports';
import { chunkRows, type RowSchema } from '../domain/row.chunk';
import { ThreadedEncoding } from './threaded.encoding';

const schema: RowSchema = {
  columns: [
    { name: 'id', type: 'string' },
    { name: 'amount', type: 'number' },
  ],
  recordId: 'id',
};

/** More than one row group. */
const rows = 51_000;

/** The day's rows in chunks of a size. */
async function* chunks(size: number): AsyncGenerator<KeptChunk> {
  for (let start = 0; start < rows; start += size) {
    const length = Math.min(size, rows - start);
    const accepted = Array.from({ length }, (_, n) => ({ offset: start + n, row: [`r${start + n}`, (start + n) / 4] }));
    for (const chunk of chunkRows(accepted, schema)) yield { chunk, kept: null };
  }
}

// Other work on the machine can make starting a thread slow.
jest.setTimeout(60_000);

const whole = async (content: Uint8Array | Readable): Promise<Buffer> =>
  content instanceof Uint8Array ? Buffer.from(content) : Buffer.concat((await content.toArray()) as Uint8Array[]);

describe('encoding a day in a thread', () => {
  it('gives the bytes that encoding here gives, however the rows were cut', async () => {
    const here = await whole(await encodingHere.encode(schema, chunks(5_000), rows));
    const there = await whole(await new ThreadedEncoding().encode(schema, chunks(7_777), rows));
    expect(there.equals(here)).toBe(true);
  });

  it('keeps the rows that are named', async () => {
    async function* some(): AsyncGenerator<KeptChunk> {
      for await (const { chunk } of chunks(10_000)) yield { chunk, kept: Uint32Array.of(0, 2) };
    }
    const here = await whole(await encodingHere.encode(schema, some(), rows));
    const there = await whole(await new ThreadedEncoding().encode(schema, some(), rows));
    expect(there.equals(here)).toBe(true);
  });

  it('fails where the chunks cannot be read', async () => {
    async function* failing(): AsyncGenerator<KeptChunk> {
      yield* chunks(rows);
      throw new Error('the database is away');
    }
    await expect(whole(await new ThreadedEncoding().encode(schema, failing(), rows))).rejects.toThrow('is away');
  });

  it('fails where a chunk is none', async () => {
    async function* damaged(): AsyncGenerator<KeptChunk> {
      yield { chunk: { ids: new Uint8Array(8), data: new Uint8Array(3) }, kept: null };
    }
    await expect(whole(await new ThreadedEncoding().encode(schema, damaged(), rows))).rejects.toMatchObject({
      code: 'TABLE_UNREADABLE',
    });
  });
});
