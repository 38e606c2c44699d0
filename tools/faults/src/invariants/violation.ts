import type { Evidence } from '../evidence/evidence';

/** A rule that the evidence breaks. */
export interface Violation {
  readonly rule: string;
  readonly message: string;
  /** Ids of the events that show it. */
  readonly events: readonly string[];
}

export type Invariant = (evidence: Evidence) => Violation[];

/** Values by key, in order of their first appearance. */
export function groupBy<T>(values: readonly T[], keyOf: (value: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const value of values) groups.set(keyOf(value), [...(groups.get(keyOf(value)) ?? []), value]);
  return groups;
}

export const idsOf = (events: readonly { readonly id: string }[]): string[] => events.map(({ id }) => id);
