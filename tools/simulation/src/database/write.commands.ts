import { collectionOf, type Command, type CommandContext, statement } from './command.context';
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
  write: (statement: S, transaction: ServerTransaction) => R,
): { results: { index: number; result: R }[]; writeErrors?: WriteError[] } {
  const results: { index: number; result: R }[] = [];
  const writeErrors: WriteError[] = [];
  for (const [index, one] of statements.entries()) {
    try {
      results.push({ index, result: statement(context, index, (transaction) => write(one, transaction)) });
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
  const { results, ...rest } = each(context, documents, (document, transaction) => {
    const whole = '_id' in document ? document : { _id: context.newId(), ...document };
    collectionOf(context).insert(whole, transaction);
  });
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
  const { results, ...rest } = each(context, statements, ({ q: filter, u, multi, upsert, sort }, transaction) => {
    if (!multi) return [changeOne(context, { filter, update: u, upsert, sort }, transaction)];
    const all = [...matching(collectionOf(context), filter, transaction)];
    if (all.length === 0 && upsert) return [changeOne(context, { filter, update: u, upsert }, transaction)];
    return all.map((before): Changed => {
      const after = put(context, before, updated(before, filter, u), transaction);
      return { before, after, inserted: false };
    });
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
  const { results, ...rest } = each(context, statements, ({ q, limit }, transaction) => {
    const collection = collectionOf(context);
    const one = () => [first(context, q, undefined, transaction)].filter((document) => document !== null);
    const documents = limit === 1 ? one() : [...matching(collection, q, transaction)];
    for (const { _id } of documents) collection.write(keyOf(_id), _id, null, transaction);
    return documents.length;
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
