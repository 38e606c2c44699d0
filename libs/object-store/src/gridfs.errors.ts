import { mongo } from 'mongoose';
import { ObjectStoreError } from './object-store.errors';

// Server codes of a node that steps down, shuts down, is recovering, has failed within (1), or has no room (14031).
const TRANSIENT_CODES = new Set([1, 14031, 6, 7, 89, 91, 189, 262, 9001, 10107, 11600, 11602, 13435, 13436]);

const UNREACHABLE = [
  mongo.MongoNetworkError,
  mongo.MongoServerSelectionError,
  mongo.MongoTopologyClosedError,
  mongo.MongoNotConnectedError,
  mongo.MongoClientClosedError,
];

function isUnavailable(error: unknown): boolean {
  if (UNREACHABLE.some((type) => error instanceof type)) return true;
  if (!(error instanceof mongo.MongoError)) return false;
  if (error.name === 'MongoWaitQueueTimeoutError') return true; // The driver does not export this class.
  if (error.hasErrorLabel('RetryableWriteError') || error.hasErrorLabel('TransientTransactionError')) return true;
  return typeof error.code === 'number' && TRANSIENT_CODES.has(error.code);
}

/** Errors of the database driver as ObjectStoreError; others unchanged. */
export function gridfsError(error: unknown, details: Record<string, unknown>): unknown {
  if (error instanceof ObjectStoreError || !(error instanceof mongo.MongoError)) return error;
  return isUnavailable(error)
    ? new ObjectStoreError('DATABASE_UNAVAILABLE', `The database cannot be reached: ${error.message}`, details, error)
    : new ObjectStoreError('OBJECT_STORE_REJECTED', `The database refused: ${error.message}`, details, error);
}
