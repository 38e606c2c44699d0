import { checkHistory, describeViolations as describe } from '@perennial/integrity';
import type { Evidence } from '../evidence/evidence';
import { historyOf } from '../evidence/history.of.evidence';

/** A guarantee that the evidence breaks. */
export interface Violation {
  /** Name of the guarantee. */
  readonly rule: string;
  readonly message: string;
  /** Ids of the events that show it. */
  readonly events: readonly string[];
}

/** Of every guarantee that a scenario's evidence can tell about. */
export const violationsOf = (evidence: Evidence): Violation[] =>
  checkHistory(historyOf(evidence)).results.flatMap(({ name, finding }) =>
    finding.outcome === 'violated'
      ? finding.violations.map(({ message, events }) => ({ rule: name, message, events }))
      : [],
  );

/** Each violation with the history around it; empty when there is none. */
export function describeViolations(evidence: Evidence): string {
  const history = historyOf(evidence);
  return describe(checkHistory(history), history);
}
