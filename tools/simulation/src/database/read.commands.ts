import { mongo } from 'mongoose';
import { collectionOf, type Command, type CommandContext, reading } from './command.context';
import { type Document, keyOf } from './document.values';
import { aggregate, type Filter, matcher, namedIds, select } from './query.engine';
import { Paused, ServerFailure } from './server.errors';
import type { ServerTransaction } from './server.transaction';
import type { VersionedCollection } from './versioned.collection';

/** As the server's: documents in the first answer to a find that says nothing else. */
const firstBatchSize = 101;

export function* matching(
  collection: VersionedCollection,
  filter: Filter,
  transaction: ServerTransaction,
): Generator<Document> {
  const matches = matcher(filter);
  const named = namedIds(filter);
  if (!named) {
    for (const document of collection.scan(transaction)) if (matches(document)) yield document;
    return;
  }
  for (const key of new Set(named.map(keyOf))) {
    const document = collection.get(key, transaction);
    if (document && matches(document)) yield document;
  }
}

/** Any order is right for documents that no sort tells apart; the seed chooses one. */
export function shuffled<T>(values: T[], random: () => number): T[] {
  for (let n = values.length - 1; n > 0; n--) {
    const other = Math.floor(random() * (n + 1));
    [values[n], values[other]] = [values[other]!, values[n]!];
  }
  return values;
}

/** Cursors that were not read to their end, with what is left. */
export class Cursors {
  private readonly open = new Map<number, { namespace: string; rest: Document[] }>();
  private last = 0;

  first(namespace: string, documents: Document[], batchSize: number | undefined, single: boolean): object {
    const size = batchSize ?? firstBatchSize;
    const firstBatch = documents.slice(0, size);
    const rest = documents.slice(size);
    let id = 0;
    if (rest.length > 0 && !single) this.open.set((id = ++this.last), { namespace, rest });
    return { cursor: { id: mongo.Long.fromNumber(id), ns: namespace, firstBatch }, ok: 1 };
  }

  next(id: number, batchSize = Infinity): object {
    const cursor = this.open.get(id);
    if (!cursor) throw new ServerFailure(43, 'CursorNotFound', `cursor id ${id} not found`);
    const nextBatch = cursor.rest.splice(0, batchSize);
    if (cursor.rest.length === 0) this.open.delete(id);
    const left = cursor.rest.length > 0 ? id : 0;
    return { cursor: { id: mongo.Long.fromNumber(left), ns: cursor.namespace, nextBatch }, ok: 1 };
  }

  kill(ids: number[]): object {
    const cursorsKilled = ids.filter((id) => this.open.delete(id));
    return { cursorsKilled, cursorsNotFound: [], cursorsAlive: [], cursorsUnknown: [], ok: 1 };
  }

  clear(): void {
    this.open.clear();
  }
}

/** In any order. Outside a transaction a scan may meet some documents as they were when it began, others as they are. */
function found(context: CommandContext, filter: Filter): Document[] {
  const { transaction, request, state, random } = context;
  const collection = collectionOf(context);
  const scan = (of: ServerTransaction) => [...matching(collection, filter, of)];
  const { begun } = request;
  if (begun) {
    const late = reading(context, scan);
    if (!state.isOpen(begun)) return shuffled(late, random);
    const early = scan(begun);
    state.abort(begun);
    return shuffled(tornBetween(early, late, random), random);
  }
  if (!transaction && namedIds(filter)?.length !== 1 && context.pauses()) {
    request.begun = state.begin(request.process, context.now);
    throw new Paused();
  }
  return shuffled(reading(context, scan), random);
}

function tornBetween(early: Document[], late: Document[], random: () => number): Document[] {
  const passed = new Map<string, boolean>();
  const isPassed = ({ _id }: Document): boolean => {
    const key = keyOf(_id);
    const known = passed.get(key) ?? random() < 0.5;
    passed.set(key, known);
    return known;
  };
  return [...early.filter(isPassed), ...late.filter((document) => !isPassed(document))];
}

export function readCommands(cursors: Cursors): Record<string, Command> {
  return {
    find(context) {
      const { filter = {}, sort, skip, limit, projection, batchSize, singleBatch = false } = context.request.command;
      const documents = select(found(context, filter), { sort, skip, limit, projection });
      return cursors.first(collectionOf(context).namespace, documents, batchSize, singleBatch);
    },
    aggregate(context) {
      const { pipeline, cursor } = context.request.command;
      const [first, ...rest] = pipeline as { $match?: Filter }[];
      const documents = found(context, first?.$match ?? {});
      const stages = first?.$match ? rest : pipeline;
      const results = stages.length > 0 ? aggregate(documents, stages) : documents;
      return cursors.first(collectionOf(context).namespace, results, cursor?.batchSize, false);
    },
    distinct(context) {
      const { key, query = {} } = context.request.command;
      const groups = aggregate(found(context, query), [{ $group: { _id: `$${key}` } }]);
      return { values: groups.map(({ _id }) => _id).filter((value) => value !== undefined), ok: 1 };
    },
    getMore: ({ request: { command } }) => cursors.next(Number(command['getMore']), command['batchSize']),
    killCursors: ({ request: { command } }) => cursors.kill((command['cursors'] as unknown[]).map(Number)),
  };
}
