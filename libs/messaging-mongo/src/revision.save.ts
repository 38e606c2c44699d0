import { ConflictError } from '@perennial/messaging';
import type { ClientSession, Connection } from 'mongoose';
import { isDuplicateKey } from './database.errors';

export interface Revisioned {
  _id: string;
  /** Number of saves; 0 for a document that was never saved. */
  revision: number;
}

/**
 * Optimistic concurrency: saves only when nobody else saved since `document.revision` was read, and returns the
 * document with its new revision. Throws ConflictError, which may be retried by loading and deciding again.
 */
export async function saveByRevision<T extends Revisioned>(
  connection: Connection,
  collectionName: string,
  document: T,
  session?: ClientSession,
): Promise<T> {
  const collection = connection.collection<Revisioned>(collectionName);
  const { _id, revision } = document;
  const next = { ...document, revision: revision + 1 };
  const conflict = (cause?: unknown) =>
    new ConflictError(`${collectionName} ${_id} was saved by another since revision ${revision}`, {
      details: { collection: collectionName, id: _id, revision },
      cause,
    });
  if (revision === 0) {
    try {
      await collection.insertOne(next as Revisioned, { session });
    } catch (error) {
      throw isDuplicateKey(error) ? conflict(error) : error;
    }
    return next;
  }
  const { matchedCount } = await collection.replaceOne({ _id, revision }, next as Revisioned, { session });
  if (matchedCount === 0) throw conflict();
  return next;
}
