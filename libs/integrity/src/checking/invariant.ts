import type { HistoryView } from './history.view';

/** One way in which a guarantee is broken. */
export interface Violation {
  readonly message: string;
  /** Ids of the events that show it. */
  readonly events: readonly string[];
  /** Documents that show it, as collection/id. */
  readonly documents: readonly string[];
}

export type Finding =
  | { readonly outcome: 'proved'; readonly checked: number; readonly limits: readonly string[] }
  | {
      readonly outcome: 'violated';
      readonly checked: number;
      readonly violations: readonly Violation[];
      readonly limits: readonly string[];
    }
  /** `nothing`: all that is needed was observed, but nothing of the kind has happened. */
  | { readonly outcome: 'not-checked'; readonly cause: 'unobserved' | 'nothing'; readonly reason: string };

/** A guarantee and how to tell from a history whether it held. */
export interface Invariant {
  /** As the guarantee is called: lower case, words joined by dashes. */
  readonly name: string;
  /** One sentence in plain words. */
  readonly promise: string;
  /** Pure. */
  check(view: HistoryView): Finding;
}

export function violation(
  message: string,
  events: readonly { readonly id: string }[] = [],
  documents: readonly string[] = [],
): Violation {
  return { message, events: [...new Set(events.map(({ id }) => id))], documents };
}

/** `checked`: how many things were looked at; `subject` names them for the case that there was none. */
export function conclude(
  checked: number,
  violations: readonly Violation[],
  subject: string,
  limits: readonly string[] = [],
): Finding {
  if (violations.length > 0) return { outcome: 'violated', checked, violations, limits };
  if (checked === 0) return { outcome: 'not-checked', cause: 'nothing', reason: `there is no ${subject}` };
  return { outcome: 'proved', checked, limits };
}

export const unobserved = (reason: string): Finding => ({ outcome: 'not-checked', cause: 'unobserved', reason });
