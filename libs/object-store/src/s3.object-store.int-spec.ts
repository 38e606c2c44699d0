import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HeadObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import S3rver from 's3rver';
import { objectStoreConfig } from './object-store.config';
import { objectStoreFromConfig } from './object-store.open';
import { objectStoreContract } from './testing/object-store.contract';

const credentials = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
let directory: string;
let server: S3rver;
let endpoint: string;

const storeAt = (url: string, overrides: Record<string, string> = {}) =>
  objectStoreFromConfig(
    objectStoreConfig.parse({
      OBJECT_STORE: 's3',
      S3_ENDPOINT: url,
      S3_ACCESS_KEY_ID: credentials.accessKeyId,
      S3_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      S3_FORCE_PATH_STYLE: 'true',
      ...overrides,
    }),
    { db: undefined },
  );

const client = () => new S3Client({ endpoint, region: 'us-east-1', forcePathStyle: true, credentials });

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'perennial-s3-'));
  server = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory });
  endpoint = `http://127.0.0.1:${(await server.run()).port}`;
});

afterAll(async () => {
  await server?.close();
  await rm(directory, { recursive: true, force: true });
});

objectStoreContract('S3', async () => ({
  store: storeAt(endpoint),
  corrupt: async ({ bucket, fileId, bytes }) => {
    const Bucket = `perennial-${bucket.replace('_', '-')}`;
    await client().send(new PutObjectCommand({ Bucket, Key: fileId, Body: randomBytes(bytes) }));
  },
  unreachable: storeAt('http://127.0.0.1:1'),
  unavailableCode: 'OBJECT_STORE_UNAVAILABLE',
}));

it('sets the media type, row count and name on the object', async () => {
  const options = { mediaType: 'application/onnx', rows: 12, name: 'modèle.onnx' };
  const { fileId } = await storeAt(endpoint).put('model_files', randomBytes(20), options);
  const head = await client().send(new HeadObjectCommand({ Bucket: 'perennial-model-files', Key: fileId }));
  expect(head.ContentType).toBe('application/onnx');
  expect(head.Metadata).toEqual({ rows: '12', name: 'mod%C3%A8le.onnx' });
});

it('says that an unknown access key is denied, which no retry helps', async () => {
  const store = storeAt(endpoint, { S3_ACCESS_KEY_ID: 'nobody' });
  await expect(store.put('raw_data', randomBytes(5), { mediaType: 'text/csv' })).rejects.toMatchObject({
    code: 'OBJECT_STORE_DENIED',
    retryable: false,
  });
});

it('creates no bucket when told not to', async () => {
  const store = storeAt(endpoint, { S3_CREATE_BUCKETS: 'false', S3_BUCKET_PREFIX: 'absent-' });
  await expect(store.put('raw_data', randomBytes(5), { mediaType: 'text/csv' })).rejects.toMatchObject({
    code: 'OBJECT_NOT_FOUND',
    retryable: false,
  });
});
