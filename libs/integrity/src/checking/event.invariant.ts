import type { HistoryView } from './history.view';
import { conclude, type Finding, type Invariant, unobserved, type Violation } from './invariant';

export interface Examination {
  /** How many things were looked at. */
  readonly checked: number;
  readonly violations: readonly Violation[];
  readonly limits?: readonly string[];
}

interface EventInvariant {
  readonly name: string;
  readonly promise: string;
  /** What is looked at, for the case that there is none. */
  readonly subject: string;
  /** A text: why it cannot be told. */
  examine(view: HistoryView): Examination | string;
}

/** An invariant that needs the events. `examine` returns a reason where it needs more than was observed. */
export function eventInvariant({ name, promise, subject, examine }: EventInvariant): Invariant {
  const check = (view: HistoryView): Finding => {
    if (!view.history.events) return unobserved('the events were not read');
    const found = examine(view);
    if (typeof found === 'string') return unobserved(found);
    return conclude(found.checked, found.violations, subject, found.limits);
  };
  return { name, promise, check };
}

/** One limit, or none when nothing is in the way. */
export const limit = (names: readonly string[], because: string): string[] =>
  names.length === 0 ? [] : [`${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}: ${because}`];
