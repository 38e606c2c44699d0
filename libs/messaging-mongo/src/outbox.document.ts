import type { OutboxEntry } from '@perennial/messaging';

/** An entry of the outbox; `sequence` counts from 1 per topic and key. */
export interface OutboxDocument extends OutboxEntry {
  lane: string;
  sequence: number;
  createdAt: Date;
  /** Absent: still to be published. */
  publishedAt?: Date;
}

/** Per topic and key. Lanes that were last used before `usedAt` was kept have none, and stay. */
export interface SequenceDocument {
  _id: string;
  /** Last sequence number given out. */
  last: number;
  usedAt?: Date;
}

export const laneOf = ({ topic, key }: Pick<OutboxEntry, 'topic' | 'key'>): string => `${topic}\n${key}`;

export interface PublicationPlan {
  /** In the order to publish. */
  publish: OutboxDocument[];
  /** Published before, but not marked: a crash came between. */
  alreadyPublished: OutboxDocument[];
}

/**
 * Takes from each lane the entries that continue its position without a gap. A gap means that an earlier entry was not
 * seen by the same read; the rest of its lane waits for the next one. `pending` ascends by sequence.
 */
export function planPublication(
  pending: readonly OutboxDocument[],
  positions: ReadonlyMap<string, number>,
): PublicationPlan {
  const reached = new Map(positions);
  const plan: PublicationPlan = { publish: [], alreadyPublished: [] };
  for (const entry of pending) {
    const position = reached.get(entry.lane) ?? 0;
    if (entry.sequence <= position) plan.alreadyPublished.push(entry);
    else if (entry.sequence === position + 1) {
      plan.publish.push(entry);
      reached.set(entry.lane, entry.sequence);
    }
  }
  return plan;
}
