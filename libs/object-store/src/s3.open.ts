import { S3Client } from '@aws-sdk/client-s3';
import type { S3Config } from './object-store.config';
import { S3ObjectStore } from './s3.object-store';

export const openS3 = (config: S3Config): S3ObjectStore =>
  new S3ObjectStore(s3Client(config), {
    bucketPrefix: config.S3_BUCKET_PREFIX,
    createBuckets: config.S3_CREATE_BUCKETS,
    spoolDirectory: config.OBJECT_SPOOL_DIRECTORY,
  });

function s3Client(config: S3Config): S3Client {
  const { S3_ACCESS_KEY_ID: accessKeyId, S3_SECRET_ACCESS_KEY: secretAccessKey } = config;
  return new S3Client({
    endpoint: config.S3_ENDPOINT,
    region: config.S3_REGION,
    forcePathStyle: config.S3_FORCE_PATH_STYLE,
    ...(accessKeyId && secretAccessKey ? { credentials: { accessKeyId, secretAccessKey } } : {}),
    // Checksum trailers are refused by many compatible stores; every file's SHA-256 is sent and checked anyway.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  });
}
