import type { Redrive, StoredDeadLetter } from './dead-letter.record';

/**
 * open: nobody did anything about it. redriven: handed to its group again, which has not dealt with it yet.
 * failed-again: the redrive ended in a newer letter, which stands for it. handled: the redrive was dealt with.
 */
export type DeadLetterState = 'open' | 'redriven' | 'failed-again' | 'handled';

export interface ListedDeadLetter extends StoredDeadLetter {
  state: DeadLetterState;
}

/** Offset of the next record that the group reads of the partition; null when it has committed none. */
export type CommittedOffset = (group: string, topic: string, partition: number) => bigint | null;

/**
 * States as letters, redrives and committed offsets tell them. The offsets must have been read before the letters: a
 * redrive that fails again is kept as a letter before its offset is committed.
 */
export function withStates(
  letters: readonly StoredDeadLetter[],
  redrives: readonly Redrive[],
  committed: CommittedOffset,
): ListedDeadLetter[] {
  const replaced = new Set(letters.map(({ redriveOf }) => redriveOf));
  const isDealtWith = ({ group, topic, partition, offset }: Redrive) =>
    (committed(group, topic, partition) ?? -1n) > offset;
  const stateOf = ({ id }: StoredDeadLetter): DeadLetterState => {
    if (replaced.has(id)) return 'failed-again';
    const own = redrives.filter(({ letter }) => letter === id);
    if (own.length === 0) return 'open';
    return own.every(isDealtWith) ? 'handled' : 'redriven';
  };
  return letters.map((letter) => ({ ...letter, state: stateOf(letter) }));
}

/** What still needs somebody, or will be known soon. */
export const isUnresolved = ({ state }: { state: DeadLetterState }): boolean =>
  state === 'open' || state === 'redriven';
