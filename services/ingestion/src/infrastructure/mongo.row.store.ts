import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Transaction } from '@perennial/messaging';
import { sessionOf } from '@perennial/messaging-mongo';
import { type Connection, type Model, mongo, Schema } from 'mongoose';
import type { BatchKey, RowStore, StoredChunk } from '../application/ports';
import { chunkOfLines, type RowChunk, type RowSchema } from '../domain/row.chunk';

interface ChunkDocument extends BatchKey {
  /** Stream, first offset and ordinal: what makes a chunk unique within its batch. */
  _id: string;
  stream: string;
  firstOffset: number;
  lastOffset: number;
  /** Among chunks of one stream that start at the same offset. */
  ordinal: number;
  rows: number;
  /** ndjson+gzip: written by earlier versions; rows as lines in `data`, with the names of their cells. */
  encoding: 'packed' | 'ndjson+gzip';
  columns?: readonly string[];
  ids?: mongo.Binary;
  data?: mongo.Binary;
}

const text = { type: String, required: true };
const number = { type: Number, required: true };

const chunkSchema = new Schema<ChunkDocument>(
  {
    _id: text,
    dataset: text,
    day: text,
    batch: number,
    stream: text,
    firstOffset: number,
    lastOffset: number,
    ordinal: number,
    rows: number,
    columns: [String],
    encoding: text,
    ids: Buffer as never,
    data: Buffer as never,
  },
  { versionKey: false, autoIndex: false, autoCreate: false },
).index({ dataset: 1, day: 1, batch: 1, stream: 1, firstOffset: 1, ordinal: 1 });

const decompress = promisify(gunzip) as (data: Uint8Array) => Promise<Buffer>;

const bytesOf = (binary: mongo.Binary | undefined): Uint8Array =>
  binary?.buffer.subarray(0, binary.position) ?? new Uint8Array(0);

const order = { stream: 1, firstOffset: 1, ordinal: 1 } as const;

/** Documents of one read: some megabytes of rows, of ids less. */
const CHUNKS_PER_READ = 4;
const IDS_PER_READ = 32;

/** Few large documents instead of one per row. */
export class MongoRowStore implements RowStore {
  private readonly chunks: Model<ChunkDocument>;

  constructor(connection: Connection) {
    this.chunks = connection.model<ChunkDocument>('IngestionChunk', chunkSchema, 'ingestion_chunks');
  }

  async prepare(): Promise<void> {
    await this.chunks.createCollection();
    await this.chunks.createIndexes();
  }

  async append(key: BatchKey, stream: string, chunks: readonly RowChunk[], transaction: Transaction): Promise<void> {
    if (chunks.length === 0) return;
    const documents = chunks.map(({ ids, data, ...chunk }, ordinal) => ({
      _id: `${key.dataset}/${key.day}/${key.batch}/${stream}/${chunk.firstOffset}/${ordinal}`,
      ...key,
      ...chunk,
      stream,
      ordinal,
      encoding: 'packed' as const,
      ids: new mongo.Binary(ids),
      data: new mongo.Binary(data),
    }));
    await this.collection().insertMany(documents, { session: sessionOf(transaction) });
  }

  async *read(key: BatchKey, schema: RowSchema): AsyncGenerator<StoredChunk> {
    const cursor = this.collection()
      .find({ ...key }, { batchSize: CHUNKS_PER_READ })
      .sort(order);
    for await (const document of cursor) yield chunkOf(document, schema);
  }

  async *readIds(key: BatchKey, schema: RowSchema): AsyncGenerator<Uint8Array> {
    const cursor = this.collection()
      .find({ ...key }, { batchSize: IDS_PER_READ, projection: { data: 0 } })
      .sort(order);
    for await (const document of cursor) {
      if (document.encoding === 'packed') yield bytesOf(document.ids);
      else yield (await this.earlier(document._id, schema)).ids;
    }
  }

  async remove(key: BatchKey, transaction: Transaction): Promise<void> {
    await this.collection().deleteMany({ ...key }, { session: sessionOf(transaction) });
  }

  private async earlier(_id: string, schema: RowSchema): Promise<StoredChunk> {
    const document = await this.collection().findOne({ _id });
    if (!document) throw new RangeError(`chunk ${_id} was removed while its batch was read`);
    return chunkOf(document, schema);
  }

  /** The driver's own collection: documents of megabytes need no casting. */
  private collection(): mongo.Collection<ChunkDocument> {
    return this.chunks.collection as unknown as mongo.Collection<ChunkDocument>;
  }
}

async function chunkOf({ encoding, columns, ids, data }: ChunkDocument, schema: RowSchema): Promise<StoredChunk> {
  if (encoding === 'packed') return { ids: bytesOf(ids), data: bytesOf(data) };
  const lines = await decompress(bytesOf(data));
  return chunkOfLines(lines.toString('utf8'), columns ?? [], schema);
}
