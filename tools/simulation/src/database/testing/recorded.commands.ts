import type { mongo } from 'mongoose';
import { DatabaseServer } from '../database.server';
import { keyOf } from '../document.values';

/** A command as the simulated server took it, with its answer. */
export interface RecordedCommand {
  command: mongo.Document;
  reply: mongo.Document;
}

/** Every command that any simulated server answers while the work runs, in order. */
export async function recordCommands(work: () => Promise<unknown>): Promise<RecordedCommand[]> {
  const recorded: RecordedCommand[] = [];
  const { execute } = DatabaseServer.prototype;
  DatabaseServer.prototype.execute = function (request, now, serverTime) {
    const reply = execute.call(this, request, now, serverTime);
    // What waits for a lock, or has paused, comes again.
    if (typeof reply === 'object') recorded.push({ command: request.command, reply });
    return reply;
  };
  try {
    await work();
  } finally {
    DatabaseServer.prototype.execute = execute;
  }
  return recorded;
}

/** Without the reads outside transactions that were asked often before: what polls repeat. They change nothing. */
export function withoutPolls(recorded: readonly RecordedCommand[], often: number): RecordedCommand[] {
  const asked = new Map<string, number>();
  return recorded.filter(({ command }) => {
    if (!('find' in command || 'aggregate' in command) || command['autocommit'] === false) return true;
    const shape = JSON.stringify([command['find'] ?? command['aggregate'], Object.keys(command['filter'] ?? {})]);
    const times = (asked.get(shape) ?? 0) + 1;
    asked.set(shape, times);
    return times <= often;
  });
}

/** What a reply says, without what no two servers say alike: cursors, texts, the order of what is not sorted. */
export function essenceOf(command: mongo.Document, reply: mongo.Document): unknown {
  // Of a transaction that a conflict has ended MongoDB says that it is unknown (251), others that it is aborted now.
  if ('abortTransaction' in command) return {};
  if (!reply['ok']) return { code: reply['code'] };
  const { n, nModified, value, lastErrorObject, upserted, writeErrors, cursor } = reply;
  const codes = (writeErrors as { code: number }[] | undefined)?.map(({ code }) => code);
  const documents = cursor?.firstBatch as mongo.Document[] | undefined;
  const plain = {
    n,
    nModified,
    value,
    lastErrorObject,
    upserted,
    codes,
    documents: ordered(documents, command['sort']),
  };
  return JSON.parse(JSON.stringify(plain)) as unknown;
}

function ordered(documents: mongo.Document[] | undefined, sort: unknown): mongo.Document[] | undefined {
  if (!documents || sort) return documents;
  return [...documents].sort((a, b) => (keyOf(a['_id']) < keyOf(b['_id']) ? -1 : 1));
}
