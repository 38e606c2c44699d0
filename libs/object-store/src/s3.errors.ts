import { S3ServiceException } from '@aws-sdk/client-s3';
import { ObjectStoreError } from './object-store.errors';

const MISSING = new Set(['NoSuchKey', 'NotFound', 'NoSuchBucket']);
const DENIED = new Set([401, 403]);
const BUSY = new Set([408, 429]);

export function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && (MISSING.has(error.name) || error.$metadata.httpStatusCode === 404);
}

/** Errors of the S3 client as ObjectStoreError; what never reached a verdict of the store may be retried. */
export function s3Error(error: unknown, details: Record<string, unknown>): ObjectStoreError {
  if (error instanceof ObjectStoreError) return error;
  const { name, message } = error as Error;
  const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
  const about = { ...details, status, reason: name };
  const said = message || name;
  if (isMissing(error))
    return new ObjectStoreError('OBJECT_NOT_FOUND', `The store has no such object: ${said}`, about, error);
  if (status !== undefined && DENIED.has(status))
    return new ObjectStoreError('OBJECT_STORE_DENIED', `The store denied access: ${said}`, about, error);
  if (status !== undefined && status >= 400 && status < 500 && !BUSY.has(status))
    return new ObjectStoreError('OBJECT_STORE_REJECTED', `The store refused: ${said}`, about, error);
  if (name === 'CredentialsProviderError')
    return new ObjectStoreError('OBJECT_STORE_DENIED', `No credentials for the store: ${said}`, about, error);
  return new ObjectStoreError('OBJECT_STORE_UNAVAILABLE', `The store cannot be reached: ${said}`, about, error);
}
