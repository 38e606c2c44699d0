import { collectionOf, type Command, type CommandContext, eachDocument, statement } from './command.context';
import { type Document, keyOf, sameDocument } from './document.values';
import { type Filter, select, type Selection, type Update, updated, upserted } from './query.engine';
import { matching, shuffled } from './read.commands';
import { ServerFailure } from './server.errors';
import type { ServerTransaction } from './server.transaction';

interface WriteError {
  index: number;
  code: number;
  errmsg: string;
  keyPattern?: object;
  keyValue?: object;
}

/** Statements in order; a refused one ends an ordered command. A conflict fails a transaction as a whole. */
function each<S, R>(
  context: CommandContext,
  statements: S[],
  write: (statement: S, index: number) => R,
): { results: { index: number; result: R }[]; writeErrors?: WriteError[] } {
  const results: { index: number; result: R }[] = [];
  const writeErrors: WriteError[] = [];
  for (const [index, one] of statements.entries()) {
    try {
      results.push({ index, result: write(one, index) });
    } catch (error) {
      if (!(error instanceof ServerFailure) || error.code === 112) throw error;
      const { keyPattern, keyValue } = error.details;
      writeErrors.push({ index, code: error.code, errmsg: error.message, ...(keyPattern && { keyPattern, keyValue }) });
      if (context.transaction || context.request.command['ordered'] !== false) break;
    }
  }
  return { results, ...(writeErrors.length > 0 && { writeErrors }) };
}

interface Change {
  filter: Filter;
  update: Update;
  upsert?: boolean;
  sort?: Selection['sort'];
}

interface Changed {
  before: Document | null;
  after: Document | null;
  inserted: boolean;
}

const first = (context: CommandContext, filter: Filter, sort: Selection['sort'], transaction: ServerTransaction) =>
  select(shuffled([...matching(collectionOf(context), filter, transaction)], context.random), { sort, limit: 1 })[0] ??
  null;

function put(context: CommandContext, before: Document, after: Document, transaction: ServerTransaction): Document {
  // What stays the same is not written, so it conflicts with nothing.
  if (sameDocument(before, after)) return before;
  collectionOf(context).write(keyOf(before['_id']), before['_id'], after, transaction);
  return after;
}

function changeOne(context: CommandContext, change: Change, transaction: ServerTransaction): Changed {
  const { filter, update, upsert, sort } = change;
  const before = first(context, filter, sort, transaction);
  if (before) {
    return { before, after: put(context, before, updated(before, filter, update), transaction), inserted: false };
  }
  if (!upsert) return { before: null, after: null, inserted: false };
  const after = upserted(filter, update, context.newId);
  collectionOf(context).insert(after, transaction);
  return { before: null, after, inserted: true };
}

const insert: Command = (context) => {
  const documents = context.request.command['documents'] as Document[];
  const { results, ...rest } = each(context, documents, ({ _id, ...fields }, index) =>
    statement(context, index, (transaction) => {
      collectionOf(context).insert({ _id: _id ?? context.newId(), ...fields }, transaction);
    }),
  );
  return { n: results.length, ...rest, ok: 1 };
};

interface UpdateStatement {
  q: Filter;
  u: Update;
  multi?: boolean;
  upsert?: boolean;
  sort?: Selection['sort'];
}

const update: Command = (context) => {
  const statements = context.request.command['updates'] as UpdateStatement[];
  const { results, ...rest } = each(context, statements, ({ q: filter, u, multi, upsert, sort }, index) => {
    // Numbered apart from the documents of a multi-update, which come first.
    const one = () =>
      statement(context, multi ? -1 - index : index, (transaction) =>
        changeOne(context, { filter, update: u, upsert, sort }, transaction),
      );
    if (!multi) return [one()];
    const found = (transaction: ServerTransaction) => [...matching(collectionOf(context), filter, transaction)];
    const changes = eachDocument(context, index, found, (before, transaction): Changed => {
      return { before, after: put(context, before, updated(before, filter, u), transaction), inserted: false };
    });
    return changes.length === 0 && upsert ? [one()] : changes;
  });
  const changes = results.flatMap(({ index, result }) => result.map((change) => ({ index, ...change })));
  const upsertedIds = changes
    .filter(({ inserted }) => inserted)
    .map(({ index, after }) => ({ index, _id: after?.['_id'] }));
  return {
    n: changes.filter(({ before, inserted }) => before !== null || inserted).length,
    nModified: changes.filter(({ before, after }) => before !== null && before !== after).length,
    ...(upsertedIds.length > 0 && { upserted: upsertedIds }),
    ...rest,
    ok: 1,
  };
};

const remove: Command = (context) => {
  const statements = context.request.command['deletes'] as { q: Filter; limit: 0 | 1 }[];
  const { results, ...rest } = each(context, statements, ({ q, limit }, index) => {
    const collection = collectionOf(context);
    const drop = ({ _id }: Document, transaction: ServerTransaction) =>
      collection.write(keyOf(_id), _id, null, transaction);
    if (limit !== 1) return eachDocument(context, index, (own) => [...matching(collection, q, own)], drop).length;
    return statement(context, index, (transaction) => {
      const document = first(context, q, undefined, transaction);
      if (document) drop(document, transaction);
      return document ? 1 : 0;
    });
  });
  return { n: results.reduce((sum, { result }) => sum + result, 0), ...rest, ok: 1 };
};

const findAndModify: Command = (context) => {
  const {
    query: filter = {},
    update: change,
    remove: removes,
    upsert,
    sort,
    fields,
    new: wantsNew,
  } = context.request.command;
  return statement(context, 0, (transaction) => {
    if (removes) {
      const before = first(context, filter, sort, transaction);
      if (before) collectionOf(context).write(keyOf(before['_id']), before['_id'], null, transaction);
      return { lastErrorObject: { n: before ? 1 : 0 }, value: projected(before, fields), ok: 1 };
    }
    const { before, after, inserted } = changeOne(context, { filter, update: change, upsert, sort }, transaction);
    const n = before || inserted ? 1 : 0;
    const outcome = { n, updatedExisting: before !== null, ...(inserted && { upserted: after?.['_id'] }) };
    return { lastErrorObject: outcome, value: projected(wantsNew ? after : before, fields), ok: 1 };
  });
};

const projected = (document: Document | null, projection: Selection['projection']): Document | null =>
  document && (select([document], { projection })[0] ?? null);

export const writeCommands: Record<string, Command> = { insert, update, delete: remove, findAndModify };
