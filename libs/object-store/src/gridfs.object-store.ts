import { Readable } from 'node:stream';
import type { FileReference } from '@perennial/contracts';
import { type Connection, mongo } from 'mongoose';
import { type Content, contentOf, pieces } from './content';
import { gridfsError } from './gridfs.errors';
import type { ObjectStore, PutOptions } from './object-store';
import { ObjectStoreError } from './object-store.errors';
import { collect, notFound, requireStore, verified } from './verification';

/** GridFS's default; a change would only concern files written later. */
const CHUNK_BYTES = 255 * 1024;
/** Chunks per write command: below the 48 MB limit of one message. */
const CHUNKS_PER_WRITE = 16;

interface FileDocument {
  _id: string;
  length: number;
  chunkSize: number;
  uploadDate: Date;
  filename: string;
  metadata: { digest: string; mediaType: string; rows?: number };
}

interface ChunkDocument {
  _id: string;
  files_id: string;
  n: number;
  data: mongo.Binary;
}

/**
 * Files in the GridFS layout (any GridFS client reads them), one pair of collections per bucket.
 * File and chunk ids derive from the digest, so that writers of the same bytes, at once or after a crash,
 * write the same documents. The file document comes last, after the chunks were read back.
 */
export class GridfsObjectStore implements ObjectStore {
  constructor(
    private readonly connection: Pick<Connection, 'db'>,
    private readonly options: { spoolDirectory?: string; now?: () => Date } = {},
  ) {}

  async put(bucket: string, input: Uint8Array | Readable, options: PutOptions): Promise<FileReference> {
    const content = await contentOf(input, this.options.spoolDirectory);
    const { mediaType, rows } = options;
    const reference: FileReference = {
      store: 'gridfs',
      bucket,
      fileId: content.sha256,
      digest: `sha256:${content.sha256}`,
      bytes: content.bytes,
      ...(rows === undefined ? {} : { rows }),
      mediaType,
    };
    try {
      if (!(await this.isComplete(reference))) await this.write(reference, content, options);
    } catch (error) {
      throw gridfsError(error, { bucket, fileId: content.sha256 });
    } finally {
      await content.discard();
    }
    return reference;
  }

  async get(reference: FileReference): Promise<Uint8Array> {
    return collect(this.read(reference));
  }

  stream(reference: FileReference): Readable {
    return Readable.from(this.read(reference), { objectMode: false });
  }

  async exists(reference: FileReference): Promise<boolean> {
    requireStore(reference, 'gridfs');
    try {
      return (await this.files(reference.bucket).findOne({ _id: reference.fileId })) !== null;
    } catch (error) {
      throw gridfsError(error, { bucket: reference.bucket, fileId: reference.fileId });
    }
  }

  async delete(reference: FileReference): Promise<void> {
    requireStore(reference, 'gridfs');
    try {
      // The file document first: chunks alone are invisible.
      await this.files(reference.bucket).deleteOne({ _id: reference.fileId });
      await this.chunks(reference.bucket).deleteMany({ files_id: reference.fileId });
    } catch (error) {
      throw gridfsError(error, { bucket: reference.bucket, fileId: reference.fileId });
    }
  }

  private async *read(reference: FileReference): AsyncGenerator<Uint8Array> {
    requireStore(reference, 'gridfs');
    try {
      const file = await this.files(reference.bucket).findOne({ _id: reference.fileId });
      if (file === null) throw notFound(reference);
      yield* verified(reference, this.chunkData(reference));
    } catch (error) {
      throw gridfsError(error, { bucket: reference.bucket, fileId: reference.fileId });
    }
  }

  private async *chunkData({ bucket, fileId }: FileReference): AsyncGenerator<Uint8Array> {
    const cursor = this.chunks(bucket).find({ files_id: fileId }, { batchSize: CHUNKS_PER_WRITE }).sort({ n: 1 });
    for await (const chunk of cursor) yield chunk.data.buffer.subarray(0, chunk.data.position);
  }

  /** The file is visible and has all its chunks; a delete cut short or overtaken can leave less. */
  private async isComplete({ bucket, fileId, bytes }: FileReference): Promise<boolean> {
    if ((await this.files(bucket).findOne({ _id: fileId })) === null) return false;
    return (await this.chunks(bucket).countDocuments({ files_id: fileId })) === Math.ceil(bytes / CHUNK_BYTES);
  }

  private async write(reference: FileReference, content: Content, options: PutOptions): Promise<void> {
    await this.chunks(reference.bucket).createIndex({ files_id: 1, n: 1 }, { unique: true });
    let batch: ChunkDocument[] = [];
    let n = 0;
    for await (const piece of pieces(content.open(), CHUNK_BYTES)) {
      const _id = `${reference.fileId}:${n}`;
      batch.push({ _id, files_id: reference.fileId, n, data: new mongo.Binary(piece) });
      n += 1;
      if (batch.length < CHUNKS_PER_WRITE) continue;
      await this.writeChunks(reference.bucket, batch);
      batch = [];
    }
    await this.writeChunks(reference.bucket, batch);
    for await (const _ of verified(reference, this.chunkData(reference)));
    await this.publish(reference, options);
  }

  private async writeChunks(bucket: string, chunks: ChunkDocument[]): Promise<void> {
    if (chunks.length === 0) return;
    const upserts = () =>
      chunks.map(({ _id, ...chunk }) => ({ replaceOne: { filter: { _id }, replacement: chunk, upsert: true } }));
    await twiceOnDuplicate(() => this.chunks(bucket).bulkWrite(upserts(), { ordered: false }));
  }

  private async publish(reference: FileReference, { mediaType, rows, name }: PutOptions): Promise<void> {
    const document = {
      length: reference.bytes,
      chunkSize: CHUNK_BYTES,
      uploadDate: (this.options.now ?? (() => new Date()))(),
      filename: name ?? reference.fileId,
      metadata: { digest: reference.digest, mediaType, ...(rows === undefined ? {} : { rows }) },
    };
    const files = this.files(reference.bucket);
    await twiceOnDuplicate(() =>
      files.updateOne({ _id: reference.fileId }, { $setOnInsert: document }, { upsert: true }),
    );
  }

  private files(bucket: string): mongo.Collection<FileDocument> {
    return this.database().collection<FileDocument>(`${bucket}.files`);
  }

  private chunks(bucket: string): mongo.Collection<ChunkDocument> {
    return this.database().collection<ChunkDocument>(`${bucket}.chunks`);
  }

  private database(): mongo.Db {
    const { db } = this.connection;
    if (db === undefined) throw new ObjectStoreError('DATABASE_UNAVAILABLE', 'The database is not connected');
    return db as mongo.Db;
  }
}

/** Two upserts of one id at once: the loser gets a duplicate key error, and finds the document on its second try. */
async function twiceOnDuplicate(write: () => Promise<unknown>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof mongo.MongoServerError) || error.code !== 11000) throw error;
    await write();
  }
}
