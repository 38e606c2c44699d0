import { exhausted, score } from '../../domain/failures';
import type { Incident } from '../../domain/incident';

type Exhausted = Parameters<typeof exhausted>[0];

export interface Fact {
  label: string;
  value: string;
}

const text = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** The evidence in short lines: of a performance failure the threshold, the scores and the attempts. */
export function factsOf({ kind, details }: Incident): Fact[] {
  if (kind !== 'MODEL_PERFORMANCE_FAILURE') {
    return Object.entries(details)
      .filter(([, value]) => value !== null)
      .map(([label, value]) => ({ label, value: Array.isArray(value) ? value.map(text).join('; ') : text(value) }));
  }
  const { day, metric, threshold, holdoutRows, incumbent, attempts } = details as unknown as Exhausted;
  return [
    { label: 'Day', value: day },
    { label: 'Threshold', value: `${metric} ${threshold}` },
    { label: 'Holdout rows', value: String(holdoutRows) },
    { label: 'Serving model', value: incumbent ? `${incumbent.version}: ${score(incumbent.score)}` : 'none' },
    ...attempts.map((attempt) => ({
      label: `Attempt ${attempt.attempt} (${attempt.strategy})`,
      value: attempt.score ? score(attempt.score) : `failed: ${attempt.failure ?? 'no candidate'}`,
    })),
  ];
}

export const titleOf = ({ kind, pipeline, severity }: Incident): string =>
  `[${severity.toUpperCase()}] ${kind} ${pipeline}`;

/** One line for each failure after the first. */
export const furtherFailures = ({ occurrences }: Incident): string[] =>
  occurrences.slice(1).map(({ at, summary }) => `${at} ${summary}`);
