import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { fileReference, type FileReference } from '@perennial/contracts';
import type { ObjectStore } from '../object-store';

/** What a test needs to do behind the store's back. */
export interface StoreUnderTest {
  store: ObjectStore;
  /** Replaces the stored bytes of a file by others of the same length. */
  corrupt(reference: FileReference): Promise<void>;
  /** The same kind of store, at an address where nothing listens. */
  unreachable: ObjectStore;
  unavailableCode: string;
}

const BUCKET = 'raw_data';
const parquet = { mediaType: 'application/vnd.apache.parquet' };

/** The guarantees of the port, to be run against every adapter. */
export function objectStoreContract(label: string, open: () => Promise<StoreUnderTest>): void {
  describe(`${label} keeps the object store's contract`, () => {
    let test: StoreUnderTest;
    beforeAll(async () => {
      test = await open();
    }, 60_000);

    it('returns a valid reference and the same bytes', async () => {
      const bytes = randomBytes(1000);
      const reference = await test.store.put(BUCKET, bytes, { ...parquet, rows: 7, name: 'café 2026.parquet' });
      expect(fileReference.parse(reference)).toEqual(reference);
      expect(reference).toMatchObject({ bucket: BUCKET, bytes: 1000, rows: 7, ...parquet });
      expect(reference.digest).toBe(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
      expect(Buffer.from(await test.store.get(reference)).equals(bytes)).toBe(true);
      expect(await test.store.exists(reference)).toBe(true);
    });

    it('keeps a streamed file of many chunks in order, and streams it back', async () => {
      const bytes = randomBytes(5_000_001);
      const parts = [bytes.subarray(0, 3), bytes.subarray(3, 2_000_000), bytes.subarray(2_000_000)];
      const reference = await test.store.put(BUCKET, Readable.from(parts), parquet);
      expect(reference.bytes).toBe(5_000_001);
      const chunks: Buffer[] = [];
      for await (const chunk of test.store.stream(reference)) chunks.push(chunk as Buffer);
      expect(chunks.length).toBeGreaterThan(1);
      expect(Buffer.concat(chunks).equals(bytes)).toBe(true);
    }, 60_000);

    it('stores the same bytes once, whether in sequence, at once or streamed', async () => {
      const bytes = randomBytes(700_000);
      const references = await Promise.all([1, 2, 3].map(() => test.store.put(BUCKET, bytes, parquet)));
      references.push(await test.store.put(BUCKET, Readable.from([bytes]), parquet));
      expect(new Set(references.map((r) => r.fileId)).size).toBe(1);
      expect(Buffer.from(await test.store.get(references[0]!)).equals(bytes)).toBe(true);
    }, 60_000);

    it('keeps an empty file', async () => {
      const reference = await test.store.put('artifacts', new Uint8Array(0), parquet);
      expect(reference.bytes).toBe(0);
      expect((await test.store.get(reference)).byteLength).toBe(0);
    });

    it('deletes a file, once or twice, and says that it is missing', async () => {
      const reference = await test.store.put(BUCKET, randomBytes(50), parquet);
      await test.store.delete(reference);
      await test.store.delete(reference);
      expect(await test.store.exists(reference)).toBe(false);
      const missing = { code: 'OBJECT_NOT_FOUND', retryable: false, details: { fileId: reference.fileId } };
      await expect(test.store.get(reference)).rejects.toMatchObject(missing);
      await expect(test.store.stream(reference).toArray()).rejects.toMatchObject(missing);
      const elsewhere = { ...reference, bucket: 'never_written' };
      await expect(test.store.get(elsewhere)).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });
      expect(await test.store.exists(elsewhere)).toBe(false);
    });

    it('refuses bytes that are not those of the reference', async () => {
      const reference = await test.store.put(BUCKET, randomBytes(400_000), parquet);
      await test.corrupt(reference);
      const mismatch = { code: 'DIGEST_MISMATCH', retryable: false, details: { expected: reference.digest } };
      await expect(test.store.get(reference)).rejects.toMatchObject(mismatch);
      await expect(test.store.stream(reference).toArray()).rejects.toMatchObject(mismatch);
    });

    it('leaves no file behind when the input stream fails', async () => {
      const failing = Readable.from(
        (function* () {
          yield Buffer.from('half of a file');
          throw new Error('the producer went away');
        })(),
      );
      await expect(test.store.put(BUCKET, failing, parquet)).rejects.toThrow('the producer went away');
    });

    it('refuses a reference into another kind of store', async () => {
      const reference = await test.store.put(BUCKET, randomBytes(10), parquet);
      const other: FileReference = { ...reference, store: reference.store === 's3' ? 'gridfs' : 's3' };
      await expect(test.store.get(other)).rejects.toMatchObject({ code: 'WRONG_STORE', retryable: false });
    });

    it('says that it may be retried when the store cannot be reached', async () => {
      const reference = await test.store.put(BUCKET, randomBytes(10), parquet);
      const unavailable = { code: test.unavailableCode, retryable: true };
      await expect(test.unreachable.get(reference)).rejects.toMatchObject(unavailable);
      await expect(test.unreachable.put(BUCKET, randomBytes(10), parquet)).rejects.toMatchObject(unavailable);
      await expect(test.unreachable.exists(reference)).rejects.toMatchObject(unavailable);
    }, 60_000);
  });
}
