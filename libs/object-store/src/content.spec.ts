import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import fc from 'fast-check';
import { contentOf, digestOf, pieces } from './content';

async function lengthsAndWhole(input: Uint8Array | Readable, size: number) {
  const parts: Uint8Array[] = [];
  for await (const piece of pieces(input, size)) parts.push(piece);
  return { lengths: parts.map((p) => p.byteLength), whole: Buffer.concat(parts) };
}

it('cuts streams and arrays into the same pieces of full size', async () => {
  const cuts = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(cuts, fc.integer({ min: 1, max: 50 }), async (chunks, size) => {
      const bytes = Buffer.concat(chunks);
      const fromArray = await lengthsAndWhole(bytes, size);
      const fromStream = await lengthsAndWhole(Readable.from(chunks.map((c) => Buffer.from(c))), size);
      expect(fromStream).toEqual(fromArray);
      expect(fromArray.whole.equals(bytes)).toBe(true);
      expect(fromArray.lengths.slice(0, -1).every((length) => length === size)).toBe(true);
    }),
  );
});

describe('a stream', () => {
  let directory: string;
  beforeEach(async () => (directory = await mkdtemp(join(tmpdir(), 'perennial-spool-'))));
  afterEach(() => rm(directory, { recursive: true }));

  it('is measured and given back more than once, and no file is left even if the process were killed', async () => {
    const content = await contentOf(Readable.from([Buffer.from('ab'), Buffer.from('c')]), directory);
    expect(content).toMatchObject({ sha256: digestOf(Buffer.from('abc')), bytes: 3 });
    for (let n = 0; n < 2; n += 1) {
      const chunks = await (content.open() as Readable).toArray();
      expect(Buffer.concat(chunks).toString()).toBe('abc');
    }
    expect(await readdir(directory)).toEqual([]);
    await content.discard();
  });

  it('cannot be read once it is discarded', async () => {
    const content = await contentOf(Readable.from([Buffer.alloc(1_000_000)]), directory);
    const late = content.open() as Readable;
    await content.discard();
    await expect(late.toArray()).rejects.toMatchObject({ code: 'EBADF' });
  });

  it('that fails leaves no file', async () => {
    const failing = new Readable({
      read() {
        this.destroy(new Error('broken pipe'));
      },
    });
    await expect(contentOf(failing, directory)).rejects.toThrow('broken pipe');
    expect(await readdir(directory)).toEqual([]);
  });

  it('that cannot be written says so', async () => {
    const nowhere = join(directory, 'gone');
    await expect(contentOf(Readable.from([Buffer.from('a')]), nowhere)).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
