import type { mongo } from 'mongoose';
import { type Document, keyOf } from './document.values';
import { Blocked, Paused, ServerFailure } from './server.errors';
import type { StatementResults } from './server.sessions';
import type { ServerState } from './server.state';
import type { ServerTransaction } from './server.transaction';
import type { VersionedCollection } from './versioned.collection';

/** One message of a process. Kept while a command that was blocked or has paused goes on. */
export interface Request {
  process: string;
  database: string;
  command: mongo.Document;
  /** Of a command without transaction number. */
  results: StatementResults;
  /** Of a read that has paused: what was committed when it began. */
  begun?: ServerTransaction;
}

/** The command of a request with the transaction it runs in. */
export interface CommandContext {
  state: ServerState;
  request: Request;
  /** Null: outside a transaction, each statement is one of its own. */
  transaction: ServerTransaction | null;
  results: StatementResults;
  /** Milliseconds of the simulation. */
  now: number;
  /** Statements that this step has done. */
  turn: { done: number };
  /** Whether others come between here; the seed decides. */
  pauses(): boolean;
  newId(): mongo.ObjectId;
  random(): number;
}

export type Command = (context: CommandContext) => object;

/** The collection that the command's first field names. */
export function collectionOf({ state, request }: CommandContext): VersionedCollection {
  const [name] = Object.values(request.command);
  return state.collection(request.database, String(name));
}

/** Reads see the transaction, or all that is committed. */
export function reading<T>(context: CommandContext, read: (transaction: ServerTransaction) => T): T {
  if (context.transaction) return read(context.transaction);
  const transaction = context.state.begin(context.request.process, context.now);
  try {
    return read(transaction);
  } finally {
    context.state.abort(transaction);
  }
}

/**
 * The n-th statement of a write. Outside a transaction it commits at once, is done once however often the command is
 * repeated, and waits for the locks of others (Blocked); a transaction fails on them.
 */
export function statement<T>(context: CommandContext, n: number, write: (transaction: ServerTransaction) => T): T {
  const { transaction, results } = context;
  if (transaction) return write(transaction);
  if (!results.has(n)) results.set(n, alone(context, write));
  return results.get(n) as T;
}

/** In a transaction of its own, which waits for the locks of others. */
function alone<T>(context: CommandContext, write: (transaction: ServerTransaction) => T): T {
  const { state, request, now, turn } = context;
  if (turn.done > 0 && context.pauses()) throw new Paused();
  turn.done++;
  const own = state.begin(request.process, now);
  try {
    const result = write(own);
    state.commit(own, now);
    return result;
  } catch (error) {
    state.abort(own);
    throw error instanceof ServerFailure && error.code === 112 ? new Blocked() : error;
  }
}

interface Progress<T> {
  done: Set<string>;
  results: T[];
}

/**
 * A write to many documents. Outside a transaction each is written by itself, so a failure, or a wait for a lock, leaves
 * those before it changed.
 */
export function eachDocument<T>(
  context: CommandContext,
  n: number,
  matching: (transaction: ServerTransaction) => Document[],
  write: (document: Document, transaction: ServerTransaction) => T,
): T[] {
  const { transaction, results } = context;
  if (transaction) return matching(transaction).map((document) => write(document, transaction));
  const progress = (results.get(n) ?? { done: new Set(), results: [] }) as Progress<T>;
  results.set(n, progress);
  for (const document of reading(context, matching)) {
    const key = keyOf(document['_id']);
    if (progress.done.has(key)) continue;
    progress.results.push(alone(context, (own) => write(document, own)));
    progress.done.add(key);
  }
  return progress.results;
}
