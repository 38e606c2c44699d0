import type { Clock } from '@perennial/messaging';
import type { ClientSession, Connection } from 'mongoose';
import { collectionNames } from './collection.names';
import type { OutboxDocument, SequenceDocument } from './outbox.document';

/** A relay that stalled for so long would have to come back for an entry to be taken as published already. */
export const IDLE_LANE_MS = 30 * 24 * 60 * 60 * 1000;
const AT_ONCE = 500;

/**
 * Forgets the counters of lanes that have long been idle, as those of the cycles and runs of past days: without it they
 * grow by some for every day. A lane goes only when all its entries are published and marked, and both its counters go
 * in one transaction, which conflicts with one that adds to the lane; a lane that is used again begins anew. Returns
 * how many went.
 */
export async function sweepIdleLanes(
  connection: Connection,
  service: string,
  clock: Clock,
  idleMs = IDLE_LANE_MS,
): Promise<number> {
  const names = collectionNames(service);
  const before = new Date(clock.now().getTime() - idleMs);
  const idle = await connection
    .collection<SequenceDocument>(names.sequences)
    .find({ usedAt: { $lte: before } })
    .limit(AT_ONCE)
    .toArray();
  let forgotten = 0;
  for (const lane of idle) {
    const session = await connection.startSession();
    try {
      if (await session.withTransaction(() => forget(connection, names, lane, session))) forgotten++;
    } finally {
      await session.endSession();
    }
  }
  return forgotten;
}

async function forget(
  connection: Connection,
  names: ReturnType<typeof collectionNames>,
  { _id, last }: SequenceDocument,
  session: ClientSession,
): Promise<boolean> {
  const outbox = connection.collection<OutboxDocument>(names.outbox);
  // Published but not marked: without its position it would look as if those before it were missing.
  if (await outbox.findOne({ publishedAt: null, lane: _id } as object, { session })) return false;
  const positions = connection.collection<{ _id: string; published: number }>(names.positions);
  const position = await positions.findOne({ _id }, { session });
  if (position?.published !== last) return false;
  const sequences = connection.collection<SequenceDocument>(names.sequences);
  const { deletedCount } = await sequences.deleteOne({ _id, last }, { session });
  if (deletedCount !== 1) return false;
  await positions.deleteOne({ _id }, { session });
  return true;
}
