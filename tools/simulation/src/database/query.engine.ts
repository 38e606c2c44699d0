import { Aggregator, Context, Query, updateOne } from 'mingo';
import * as queryOperators from 'mingo/operators/query';
import * as updateOperators from 'mingo/operators/update';
import { Query as QueryOf } from 'mingo/query';
import { type Document, copyOf, isPlain, keyOf } from './document.values';
import { ServerFailure } from './server.errors';

export type Filter = Record<string, unknown>;
export type Update = Record<string, unknown>;

/** Each query copies its table of operators, so it gets no others than it can use. */
const context = Context.init({ query: queryOperators as never });

/** Sorts and projects what is given. */
const everything = new Query({});

export interface Selection {
  sort?: Record<string, 1 | -1>;
  skip?: number;
  limit?: number;
  projection?: Record<string, 0 | 1>;
}

/** The ids that a filter names, where it names some: what an index on _id gives. */
export function namedIds(filter: Filter): readonly unknown[] | null {
  const { _id } = filter;
  if (_id === undefined || _id === null) return null;
  if (!isPlain(_id)) return [_id];
  const operators = Object.keys(_id);
  if (operators.length === 1 && operators[0] === '$in') return _id['$in'] as unknown[];
  if (operators.length === 1 && operators[0] === '$eq') return [_id['$eq']];
  return null;
}

/** A test of documents for a filter; what only names ids was answered by the index. */
export function matcher(filter: Filter): (document: Document) => boolean {
  const { _id, ...rest } = filter;
  const named = namedIds(filter);
  if (!named) {
    if (Object.keys(filter).length === 0) return () => true;
    const query = new QueryOf(filter, { context });
    return (document) => query.test(document);
  }
  const keys = new Set(named.map(keyOf));
  const query = Object.keys(rest).length > 0 ? new QueryOf(rest, { context }) : null;
  return (document) => keys.has(keyOf(document['_id'])) && (query === null || query.test(document));
}

/** Sorted (stable), cut and projected, in the order of the server. */
export function select(documents: Document[], { sort, skip, limit, projection }: Selection): Document[] {
  let selected = documents;
  if (sort && selected.length > 1) selected = everything.find<Document>(selected).sort(sort).all();
  if (skip || limit) selected = selected.slice(skip ?? 0, limit ? (skip ?? 0) + limit : undefined);
  if (!projection || Object.keys(projection).length === 0) return selected;
  return everything.find<Document>(selected, projection).all();
}

export const aggregate = (documents: Document[], pipeline: Record<string, unknown>[]): Document[] =>
  new Aggregator(pipeline).run(documents) as Document[];

const isReplacement = (update: Update): boolean => !Object.keys(update).some((name) => name.startsWith('$'));

/** The document after an update or a replacement; the id stays. */
export function updated(before: Document, filter: Filter, update: Update): Document {
  if (isReplacement(update)) return replaced(before, update);
  const { $setOnInsert: _ignored, ...operators } = update;
  const after = copyOf(before) as Record<string, unknown>;
  if (isPositional(operators)) updateOne([after], filter, operators as never, { cloneMode: 'none' });
  else apply(after, operators);
  requireSameId(before, after);
  return after;
}

/** What an upsert inserts: the equalities of the filter, then the update, then `$setOnInsert`. */
export function upserted(filter: Filter, update: Update, newId: () => unknown): Document {
  if (isReplacement(update)) {
    const [id] = namedIds(filter) ?? [];
    return { _id: update['_id'] ?? id ?? newId(), ...update };
  }
  const fields: Record<string, unknown> = {};
  let id: unknown;
  for (const [path, value] of equalities(filter)) {
    if (path === '_id') id = value;
    else apply(fields, { $set: { [path]: copyOf(value) } });
  }
  const { $setOnInsert, ...operators } = update;
  apply(fields, operators);
  if ($setOnInsert) apply(fields, { $set: $setOnInsert });
  return { _id: id ?? newId(), ...fields };
}

/** Whether an operator speaks of the element that the filter found. */
const isPositional = (operators: Update): boolean =>
  Object.values(operators).some((change) => Object.keys(change as object).some((path) => path.includes('.$')));

type Operator = (change: unknown) => (document: Record<string, unknown>) => string[];

function apply(document: Record<string, unknown>, operators: Update): void {
  for (const [name, change] of Object.entries(operators)) {
    const operator = (updateOperators as unknown as Record<string, Operator>)[name];
    if (!operator) throw new ServerFailure(9, 'FailedToParse', `Unknown modifier: ${name}`);
    operator(change)(document);
  }
}

function* equalities(filter: Filter): Generator<[path: string, value: unknown]> {
  for (const [name, value] of Object.entries(filter)) {
    if (name === '$and') for (const each of value as Filter[]) yield* equalities(each);
    if (name.startsWith('$')) continue;
    if (!isPlain(value) || !Object.keys(value).some((operator) => operator.startsWith('$'))) yield [name, value];
    else if ('$eq' in value) yield [name, value['$eq']];
    // One value to be in is an equality, for the server as well.
    else if (Array.isArray(value['$in']) && value['$in'].length === 1) yield [name, value['$in'][0]];
  }
}

function replaced(before: Document, replacement: Update): Document {
  const after = { _id: before['_id'], ...replacement };
  requireSameId(before, after);
  return after;
}

function requireSameId(before: Document, after: Document): void {
  if (keyOf(before['_id']) === keyOf(after['_id'])) return;
  throw new ServerFailure(
    66,
    'ImmutableField',
    `Performing an update on the path '_id' would modify the immutable field`,
  );
}
