import { isDeepStrictEqual } from 'node:util';
import type { ClientSession, Connection, mongo } from 'mongoose';
import { keyOf } from '../document.values';
import { essenceOf, type RecordedCommand } from './recorded.commands';

export interface Difference {
  /** Position in the recording. */
  at: number;
  command: mongo.Document;
  expected: unknown;
  answered: unknown;
}

/** Of the session and the transport: the driver that replays adds its own. */
const added = new Set([
  'lsid',
  'txnNumber',
  'autocommit',
  'startTransaction',
  '$db',
  '$clusterTime',
  '$readPreference',
  'readConcern',
]);
/** Answers of the server about itself, what the driver does by itself, and `create`, which may find its work done. */
const skipped = new Set([
  'create',
  'hello',
  'ismaster',
  'ping',
  'endSessions',
  'getMore',
  'killCursors',
  'listIndexes',
  'listCollections',
]);

/** Gives a database the recorded commands in their order, in transactions as they were, and tells what it answers otherwise. */
export class CommandReplay {
  readonly differences: Difference[] = [];
  compared = 0;
  private readonly sessions = new Map<string, ClientSession>();

  constructor(private readonly connection: Connection) {}

  async run(recorded: readonly RecordedCommand[]): Promise<void> {
    for (const [at, { command, reply }] of recorded.entries()) {
      const name = Object.keys(command)[0]!;
      if (skipped.has(name)) continue;
      const expected = essenceOf(command, reply);
      const answered = essenceOf(command, await this.answer(name, command));
      this.compared++;
      if (!isDeepStrictEqual(answered, expected)) this.differences.push({ at, command, expected, answered });
    }
    for (const session of this.sessions.values()) await session.endSession();
  }

  private async answer(name: string, command: mongo.Document): Promise<mongo.Document> {
    const session = command['autocommit'] === false ? await this.sessionOf(command) : undefined;
    try {
      if (name === 'commitTransaction') await session?.commitTransaction();
      if (name === 'abortTransaction') await session?.abortTransaction();
      if (name === 'commitTransaction' || name === 'abortTransaction') return { ok: 1 };
      const own = Object.fromEntries(Object.entries(withoutExpiry(command)).filter(([field]) => !added.has(field)));
      return (await this.connection.db?.command(own, { session })) ?? {};
    } catch (error) {
      const { code } = error as { code?: number };
      if (code === undefined) throw error;
      return { ok: 0, code };
    }
  }

  private async sessionOf(command: mongo.Document): Promise<ClientSession> {
    const key = keyOf((command['lsid'] as { id: unknown }).id);
    const session = this.sessions.get(key) ?? (await this.connection.startSession());
    this.sessions.set(key, session);
    if (command['startTransaction']) {
      if (session.inTransaction()) await session.abortTransaction();
      session.startTransaction({ readConcern: { level: 'snapshot' }, writeConcern: { w: 'majority', j: true } });
    }
    return session;
  }
}

/** The times of a simulation are not the real server's: it would delete what is fresh. */
function withoutExpiry(command: mongo.Document): mongo.Document {
  if (!('createIndexes' in command)) return command;
  const indexes = (command['indexes'] as mongo.Document[]).map(({ expireAfterSeconds: _seconds, ...index }) => index);
  return { ...command, indexes };
}
