/** A model that takes part of the memory budget. */
export interface Resident {
  bytes: number;
  /** Stays, whatever else needs memory. */
  pinned: boolean;
  /** Calls that it answers now, or that wait for it. */
  calls: number;
  /** Grows with every call to any model. */
  lastUsed: number;
}

/**
 * Which models leave so that those that stay take at most `available` bytes: idle ones before others, and the one whose last
 * call is longest ago first. `enough`: whether that is reached; if not, all that may leave are named.
 */
export function victims<T extends Resident>(
  residents: readonly T[],
  available: number,
): { leaving: T[]; enough: boolean } {
  let excess = residents.reduce((sum, { bytes }) => sum + bytes, 0) - available;
  const leaving: T[] = [];
  for (const candidate of residents.filter(({ pinned }) => !pinned).sort(byNeed)) {
    if (excess <= 0) break;
    leaving.push(candidate);
    excess -= candidate.bytes;
  }
  return { leaving, enough: excess <= 0 };
}

const byNeed = (a: Resident, b: Resident): number =>
  Number(a.calls > 0) - Number(b.calls > 0) || a.lastUsed - b.lastUsed;
