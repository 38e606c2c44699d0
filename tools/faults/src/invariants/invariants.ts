import type { Evidence } from '../evidence/evidence';
import { excerpt } from '../evidence/history.event';
import { boundedAttempts, oneCyclePerDay, oneEndPerCycle } from './cycle.invariants';
import { factsToldOnce } from './fact.invariants';
import { noDeadLetters, onePagePerIncident } from './page.invariants';
import { rowsStoredOnce } from './row.invariants';
import { oneResultPerRun, versionsRegisteredOnce } from './run.invariants';
import type { Invariant, Violation } from './violation';

/** What no fault may break. */
export const invariants: readonly Invariant[] = [
  oneCyclePerDay,
  boundedAttempts,
  oneEndPerCycle,
  oneResultPerRun,
  versionsRegisteredOnce,
  factsToldOnce,
  rowsStoredOnce,
  onePagePerIncident,
  noDeadLetters,
];

export const violationsOf = (evidence: Evidence): Violation[] => invariants.flatMap((holds) => holds(evidence));

/** Each violation with the history around it; empty when there is none. */
export const describeViolations = (evidence: Evidence): string =>
  violationsOf(evidence)
    .map(({ rule, message, events }) => `${rule}: ${message}\n${excerpt(evidence.events, events)}`)
    .join('\n\n');
