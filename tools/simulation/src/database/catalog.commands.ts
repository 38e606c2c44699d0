import { mongo } from 'mongoose';
import { collectionOf, type Command, type CommandContext } from './command.context';
import { ServerFailure, unsupported } from './server.errors';
import type { Index } from './unique.keys';
import type { VersionedCollection } from './versioned.collection';

const batch = (namespace: string, firstBatch: object[]) => ({
  cursor: { id: mongo.Long.ZERO, ns: namespace, firstBatch },
  ok: 1,
});

const indexOptions = new Set(['name', 'key', 'unique', 'expireAfterSeconds', 'background', 'v']);

/** A dropped collection's documents are deletions in the log of changes. */
function clear(context: CommandContext, collection: VersionedCollection): void {
  const transaction = context.state.begin(context.request.process, context.now);
  for (const key of [...collection.keys(transaction)]) {
    const document = collection.get(key, transaction);
    collection.write(key, document?.['_id'], null, transaction);
  }
  context.state.commit(transaction, context.now);
  context.state.drop(collection);
}

export const catalogCommands: Record<string, Command> = {
  create(context) {
    const { state, request } = context;
    const name = String(request.command['create']);
    if (state.find(request.database, name)) {
      throw new ServerFailure(48, 'NamespaceExists', `Collection ${request.database}.${name} already exists.`);
    }
    state.collection(request.database, name);
    return { ok: 1 };
  },
  createIndexes(context) {
    const collection = collectionOf(context);
    const before = collection.indexes.size;
    for (const index of context.request.command['indexes'] as Index[]) {
      const unknown = Object.keys(index).find((option) => !indexOptions.has(option));
      if (unknown) throw unsupported(`index option ${unknown}`);
      collection.addIndex(index);
    }
    return { numIndexesBefore: before, numIndexesAfter: collection.indexes.size, ok: 1 };
  },
  listIndexes(context) {
    const collection = collectionOf(context);
    return batch(
      collection.namespace,
      [...collection.indexes.values()].map((index) => ({ v: 2, ...index })),
    );
  },
  listCollections({ state, request: { database, command } }) {
    const wanted = command['filter']?.name as string | undefined;
    const names = state.ofDatabase(database).map(({ name }) => name);
    const listed = names.filter((name) => wanted === undefined || name === wanted);
    return batch(
      `${database}.$cmd.listCollections`,
      listed.map((name) => ({ name, type: 'collection', options: {} })),
    );
  },
  drop(context) {
    const name = String(context.request.command['drop']);
    const collection = context.state.find(context.request.database, name);
    if (!collection) throw new ServerFailure(26, 'NamespaceNotFound', 'ns not found');
    clear(context, collection);
    return { ns: collection.namespace, ok: 1 };
  },
  dropDatabase(context) {
    for (const collection of context.state.ofDatabase(context.request.database)) clear(context, collection);
    return { ok: 1 };
  },
};
