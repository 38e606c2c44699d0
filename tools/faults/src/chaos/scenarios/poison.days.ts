import { batchClosedV1, dayManifestV1 } from '@perennial/contracts';
import type { HistoryEvent } from '../../evidence/history.event';
import { eventsOf } from '../../evidence/history.event';
import type { Producer } from '../../platform/producer';
import type { DayRecords } from '../../story/story';

/** What a producer may get wrong about the end of a day. */
export const manifestMistakes = ['right', 'too-few', 'too-many', 'twice', 'contradicting'] as const;
export type ManifestMistake = (typeof manifestMistakes)[number];

/** More than there are, or fewer. */
const mistakenBy = 25;

export interface Announced {
  /** `rows` of each manifest, in order. */
  readonly manifests: readonly number[];
  /** What the closing of the day must say. */
  readonly closing: { readonly closedBy: string; readonly complete: boolean; readonly expected: number };
}

/** `rows`: distinct records that are pushed for the day. The last manifest before the closing counts. */
export function announced(mistake: ManifestMistake, rows: number): Announced {
  const by = (...manifests: number[]): Announced => {
    const expected = manifests.at(-1)!;
    const complete = expected <= rows;
    return { manifests, closing: { closedBy: complete ? 'manifest' : 'grace', complete, expected } };
  };
  switch (mistake) {
    case 'right':
      return by(rows);
    case 'too-few':
      return by(rows - mistakenBy);
    case 'too-many':
      return by(rows + mistakenBy);
    case 'twice':
      return { ...by(rows), manifests: [rows, rows] };
    case 'contradicting':
      return by(rows + 2 * mistakenBy, rows);
  }
}

export const distinctRows = ({ records }: DayRecords): number =>
  new Set(records.map((record) => JSON.stringify(record))).size;

export async function pushManifests(producer: Producer, dataset: string, day: string, manifests: readonly number[]) {
  for (const rows of manifests) await producer.push(dayManifestV1, { dataset, day, rows });
}

/** What is wrong about how the day itself was closed. */
export function closingProblems(
  events: readonly HistoryEvent[],
  day: string,
  expected: Announced['closing'] & { readonly accepted: number; readonly quarantined: number },
): string[] {
  const closed = eventsOf(events, batchClosedV1).filter(({ data }) => data.day === day && data.correctionOf === null);
  const told = closed.map(({ data: { closedBy, complete, rows } }) => ({
    ...{ closedBy, complete, expected: rows.expected, accepted: rows.accepted, quarantined: rows.quarantined },
  }));
  const [wanted, found] = [JSON.stringify([expected]), JSON.stringify(told)];
  return wanted === found ? [] : [`closing of ${day}: expected ${wanted}, found ${found}`];
}
