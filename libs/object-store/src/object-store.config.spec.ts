import { objectStoreConfig } from './object-store.config';

const problemsOf = (env: Record<string, string | undefined>) =>
  objectStoreConfig.safeParse(env).error?.issues.map((issue) => issue.path.join('.'));

it('is GridFS unless told otherwise', () => {
  expect(objectStoreConfig.parse({ OBJECT_STORE: undefined, PATH: '/bin' })).toEqual({ OBJECT_STORE: 'gridfs' });
});

it('fills in the defaults of S3', () => {
  expect(objectStoreConfig.parse({ OBJECT_STORE: 's3', S3_FORCE_PATH_STYLE: 'true' })).toEqual({
    OBJECT_STORE: 's3',
    S3_REGION: 'us-east-1',
    S3_BUCKET_PREFIX: 'perennial-',
    S3_FORCE_PATH_STYLE: true,
    S3_CREATE_BUCKETS: true,
  });
});

it('names every variable that is wrong', () => {
  expect(problemsOf({ OBJECT_STORE: 'nfs' })).toEqual(['OBJECT_STORE']);
  expect(
    problemsOf({ OBJECT_STORE: 's3', S3_ENDPOINT: 'ftp://x', S3_BUCKET_PREFIX: 'Bad_', S3_FORCE_PATH_STYLE: 'si' }),
  ).toEqual(['S3_ENDPOINT', 'S3_BUCKET_PREFIX', 'S3_FORCE_PATH_STYLE']);
  expect(problemsOf({ OBJECT_STORE: 's3', S3_ACCESS_KEY_ID: 'only one' })).toEqual(['S3_SECRET_ACCESS_KEY']);
});
