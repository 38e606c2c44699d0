import { keyOf, valueAt } from './document.values';
import { ServerFailure } from './server.errors';
import type { ServerState } from './server.state';
import type { Index } from './unique.keys';
import type { VersionedCollection } from './versioned.collection';

/** What TTL indexes let expire is deleted, each document by itself; one that is locked waits for the next sweep. */
export function sweepExpired(state: ServerState, now: number, serverTime: number): void {
  for (const collection of state.all()) {
    for (const index of collection.indexes.values()) {
      if (index.expireAfterSeconds === undefined) continue;
      for (const id of expired(collection, index, serverTime)) remove(state, collection, id, now);
    }
  }
}

function expired(collection: VersionedCollection, index: Index, serverTime: number): unknown[] {
  const [path] = Object.keys(index.key);
  const before = serverTime - index.expireAfterSeconds! * 1000;
  const ids: unknown[] = [];
  for (const document of collection.latest()) {
    const value = valueAt(document, path!);
    if (value instanceof Date && value.getTime() <= before) ids.push(document['_id']);
  }
  return ids;
}

function remove(state: ServerState, collection: VersionedCollection, id: unknown, now: number): void {
  const transaction = state.begin('ttl', now);
  try {
    collection.write(keyOf(id), id, null, transaction);
    state.commit(transaction, now);
  } catch (error) {
    state.abort(transaction);
    if (!(error instanceof ServerFailure)) throw error;
  }
}
