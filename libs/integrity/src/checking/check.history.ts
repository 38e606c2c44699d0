import type { History } from '../history/history';
import { invariants as all } from '../invariants';
import { HistoryView } from './history.view';
import type { Finding, Invariant } from './invariant';

export interface CheckedInvariant {
  readonly name: string;
  readonly promise: string;
  readonly finding: Finding;
}

export interface IntegrityReport {
  readonly results: readonly CheckedInvariant[];
  readonly proved: number;
  readonly violated: number;
  /** Not checked, as a part of the history is missing. */
  readonly unobserved: number;
  /** Guarantees about things that have not happened. */
  readonly nothing: number;
}

/** Pure: the same history gives the same report. */
export function checkHistory(history: History, invariants: readonly Invariant[] = all): IntegrityReport {
  const view = new HistoryView(history);
  const results = invariants.map(({ name, promise, check }) => ({ name, promise, finding: check(view) }));
  const count = (holds: (finding: Finding) => boolean) => results.filter(({ finding }) => holds(finding)).length;
  return {
    results,
    proved: count(({ outcome }) => outcome === 'proved'),
    violated: count(({ outcome }) => outcome === 'violated'),
    unobserved: count((finding) => finding.outcome === 'not-checked' && finding.cause === 'unobserved'),
    nothing: count((finding) => finding.outcome === 'not-checked' && finding.cause === 'nothing'),
  };
}

/** Names of the guarantees that the history breaks. */
export const violatedBy = (history: History, invariants?: readonly Invariant[]): string[] =>
  checkHistory(history, invariants).results.flatMap(({ name, finding }) =>
    finding.outcome === 'violated' ? [name] : [],
  );
