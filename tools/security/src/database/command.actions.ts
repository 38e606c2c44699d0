import type { Command } from './wire.message';

/** What a command needs, as MongoDB's manual says: an action on a collection. */
export interface NeededAction {
  readonly action: string;
  readonly collection: string;
}

/** Allowed to whoever has logged in, or before that. */
const free = new Set([
  ...[
    'hello',
    'isMaster',
    'ismaster',
    'ping',
    'buildInfo',
    'saslStart',
    'saslContinue',
    'endSessions',
    'refreshSessions',
  ],
  ...['commitTransaction', 'abortTransaction', 'getMore', 'killCursors', 'logout', 'connectionStatus'],
]);

const simple: Readonly<Record<string, string>> = {
  find: 'find',
  count: 'find',
  distinct: 'find',
  insert: 'insert',
  delete: 'remove',
  create: 'createCollection',
  createIndexes: 'createIndex',
  listIndexes: 'listIndexes',
  drop: 'dropCollection',
  dropIndexes: 'dropIndex',
  collMod: 'collMod',
};

interface Statement {
  readonly upsert?: boolean;
  readonly remove?: boolean;
}
type Stage = Readonly<Record<string, unknown>>;

const listOf = <T>(value: unknown): T[] => (Array.isArray(value) ? (value as T[]) : []);

/** Collections that the stages of a pipeline reach beside its own. */
function stageNeeds(pipeline: unknown): NeededAction[] {
  return listOf<Stage>(pipeline).flatMap((stage): NeededAction[] => {
    const [name, given] = Object.entries(stage)[0] ?? [];
    const { from, coll, into } = Object(given) as Record<string, unknown>;
    if (name === '$lookup' || name === '$graphLookup') return [{ action: 'find', collection: String(from) }];
    if (name === '$unionWith') return [{ action: 'find', collection: String(coll ?? given) }];
    if (name === '$out' || name === '$merge') return [{ action: 'insert', collection: String(into ?? coll ?? given) }];
    return [];
  });
}

/** Undefined: nobody may, whatever the role. An empty list: everybody may. */
export function neededActions(command: Command): NeededAction[] | undefined {
  const [name, target] = Object.entries(command)[0] ?? ['', ''];
  if (free.has(name)) return [];
  const collection = String(target);
  const on = (...actions: string[]) => actions.map((action) => ({ action, collection }));
  if (name === 'update') {
    const upserts = listOf<Statement>(command.updates).some(({ upsert }) => upsert);
    return on('update', ...(upserts ? ['insert'] : []));
  }
  if (name === 'findAndModify') {
    const { remove, upsert } = command as Statement;
    return on('find', remove ? 'remove' : 'update', ...(upsert ? ['insert'] : []));
  }
  if (name === 'aggregate') return [...on('find'), ...stageNeeds(command.pipeline)];
  return simple[name] ? on(simple[name]) : undefined;
}
