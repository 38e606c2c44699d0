import { promisify } from 'node:util';
import { constants, gunzip, gzip } from 'node:zlib';
import type { Transaction } from '@perennial/messaging';
import { sessionOf } from '@perennial/messaging-mongo';
import { type Connection, type Model, mongo, Schema } from 'mongoose';
import type { BatchKey, PackedChunk, RowStore } from '../application/ports';
import type { RowChunk } from '../domain/row.chunk';

interface ChunkDocument extends BatchKey {
  /** Stream, first offset and ordinal: what makes a chunk unique within its batch. */
  _id: string;
  stream: string;
  firstOffset: number;
  lastOffset: number;
  /** Among chunks of one stream that start at the same offset. */
  ordinal: number;
  rows: number;
  columns: readonly string[];
  encoding: 'ndjson+gzip';
  data: mongo.Binary;
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
    data: Buffer as never,
  },
  { versionKey: false, autoIndex: false, autoCreate: false },
).index({ dataset: 1, day: 1, batch: 1, stream: 1, firstOffset: 1, ordinal: 1 });

const compress = promisify(gzip) as (data: string, options: object) => Promise<Buffer>;
const decompress = promisify(gunzip) as (data: Uint8Array) => Promise<Buffer>;

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

  async pack(chunks: readonly RowChunk[]): Promise<PackedChunk[]> {
    return Promise.all(
      chunks.map(async ({ ndjson, ...chunk }) => ({
        ...chunk,
        data: await compress(ndjson, { level: constants.Z_BEST_SPEED }),
      })),
    );
  }

  async append(key: BatchKey, stream: string, chunks: readonly PackedChunk[], transaction: Transaction): Promise<void> {
    if (chunks.length === 0) return;
    const documents = chunks.map(({ data, ...chunk }, ordinal) => ({
      _id: `${key.dataset}/${key.day}/${key.batch}/${stream}/${chunk.firstOffset}/${ordinal}`,
      ...key,
      ...chunk,
      stream,
      ordinal,
      encoding: 'ndjson+gzip' as const,
      data: new mongo.Binary(data),
    }));
    await this.collection().insertMany(documents, { session: sessionOf(transaction) });
  }

  async *read(key: BatchKey): AsyncGenerator<Pick<RowChunk, 'columns' | 'ndjson'>> {
    const cursor = this.collection()
      .find({ ...key }, { batchSize: 4 })
      .sort({ stream: 1, firstOffset: 1, ordinal: 1 });
    for await (const { columns, data } of cursor) {
      const bytes = await decompress(data.buffer.subarray(0, data.position));
      yield { columns, ndjson: bytes.toString('utf8') };
    }
  }

  async remove(key: BatchKey, transaction: Transaction): Promise<void> {
    await this.collection().deleteMany({ ...key }, { session: sessionOf(transaction) });
  }

  /** The driver's own collection: documents of megabytes need no casting. */
  private collection(): mongo.Collection<ChunkDocument> {
    return this.chunks.collection as unknown as mongo.Collection<ChunkDocument>;
  }
}
