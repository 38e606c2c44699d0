import { randomBytes, randomUUID } from 'node:crypto';
import mongoose, { type Connection, mongo } from 'mongoose';
import { GridfsObjectStore } from './gridfs.object-store';
import { objectStoreContract } from './testing/object-store.contract';

const parquet = { mediaType: 'application/vnd.apache.parquet' };
let connection: Connection;
let unreachable: Connection;

beforeAll(async () => {
  const url = process.env.MONGO_URL;
  if (!url) throw new Error('MONGO_URL is not set: start the local stack');
  connection = await mongoose.createConnection(url, { dbName: `object-store-${randomUUID().slice(0, 8)}` }).asPromise();
  const nowhere = new mongo.MongoClient('mongodb://127.0.0.1:1/?directConnection=true', {
    serverSelectionTimeoutMS: 200,
  });
  unreachable = { db: nowhere.db('nowhere'), close: () => nowhere.close() } as unknown as Connection;
}, 30_000);

afterAll(async () => {
  await connection?.db?.dropDatabase();
  await connection?.close();
  await unreachable?.close();
}, 30_000);

objectStoreContract('GridFS', async () => ({
  store: new GridfsObjectStore(connection),
  corrupt: async ({ bucket, fileId }) => {
    const chunks = connection.db!.collection<{ _id: string }>(`${bucket}.chunks`);
    const data = new mongo.Binary(randomBytes(255 * 1024));
    await chunks.updateOne({ _id: `${fileId}:0` }, { $set: { data } });
  },
  unreachable: new GridfsObjectStore(unreachable),
  unavailableCode: 'DATABASE_UNAVAILABLE',
}));

describe('GridFS after a crash', () => {
  const chunks = () => connection.db!.collection<{ _id: string; n: number }>('crash.chunks');
  const files = () => connection.db!.collection<{ _id: string }>('crash.files');

  it('does not show a file whose chunks were written but not its document, and a second put completes it', async () => {
    const store = new GridfsObjectStore(connection);
    const bytes = randomBytes(1_000_000);
    const reference = await store.put('crash', bytes, parquet);
    await files().deleteOne({ _id: reference.fileId });
    await chunks().deleteOne({ _id: `${reference.fileId}:2` });
    expect(await store.exists(reference)).toBe(false);
    await expect(store.get(reference)).rejects.toMatchObject({ code: 'OBJECT_NOT_FOUND' });

    expect(await store.put('crash', bytes, parquet)).toEqual(reference);
    expect(Buffer.from(await store.get(reference)).equals(bytes)).toBe(true);
    expect(await chunks().countDocuments({ files_id: reference.fileId } as object)).toBe(4);
  });

  it('repairs a visible file that lost a chunk', async () => {
    const store = new GridfsObjectStore(connection);
    const bytes = randomBytes(600_000);
    const reference = await store.put('crash', bytes, parquet);
    await chunks().deleteOne({ _id: `${reference.fileId}:1` });
    await expect(store.get(reference)).rejects.toMatchObject({ code: 'DIGEST_MISMATCH' });
    await store.put('crash', bytes, parquet);
    expect(Buffer.from(await store.get(reference)).equals(bytes)).toBe(true);
  });
});

it('writes files that the GridFS client of the driver reads', async () => {
  const bytes = randomBytes(900_000);
  const options = { ...parquet, rows: 3, name: 'day.parquet' };
  const { fileId } = await new GridfsObjectStore(connection).put('raw_data', bytes, options);
  const bucket = new mongo.GridFSBucket(connection.db as mongo.Db, { bucketName: 'raw_data' });
  const [file] = await bucket.find({ _id: fileId as never }).toArray();
  expect(file).toMatchObject({ length: 900_000, filename: 'day.parquet', metadata: { rows: 3, ...parquet } });
  const read = (await bucket.openDownloadStream(fileId as never).toArray()) as Buffer[];
  expect(Buffer.concat(read).equals(bytes)).toBe(true);
});

it('says that the database is not connected', async () => {
  const store = new GridfsObjectStore(mongoose.createConnection());
  await expect(store.put('raw_data', randomBytes(3), parquet)).rejects.toMatchObject({
    code: 'DATABASE_UNAVAILABLE',
    retryable: true,
  });
});
