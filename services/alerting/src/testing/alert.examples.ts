import type { AttemptOutcome, DataOf, attemptsExhaustedV1, modelKeptV1 } from '@perennial/contracts';
import { exhausted } from '../domain/failures';
import type { Incident } from '../domain/incident';
import { evolve, onFailure } from '../domain/incident.decider';

/** Worked examples for the tests. */
const interval = (value: number) => ({ value, low: value - 0.03, high: value + 0.03 });

const attempt = (n: number, changes: Partial<AttemptOutcome>): AttemptOutcome => ({
  attempt: n,
  strategy: 'fine-tune',
  runId: `credit-default.2026-01-04.${n}`,
  score: null,
  failure: null,
  ...changes,
});

export const exhaustedOn = (day: string, pipeline = 'credit-default'): DataOf<typeof attemptsExhaustedV1> => ({
  cycleId: `${pipeline}/${day}`,
  pipeline,
  day,
  metric: 'f1',
  threshold: 0.45,
  holdoutRows: 900,
  incumbent: { version: '20260101_000000', score: interval(0.301) },
  attempts: [
    attempt(1, { score: interval(0.4) }),
    attempt(2, { strategy: 'fine-tune-search', failure: 'TRAINING_DIVERGED: loss is not finite' }),
    attempt(3, { strategy: 'train', score: interval(0.39) }),
  ],
});

export const keptOn = (day: string, pipeline = 'credit-default'): DataOf<typeof modelKeptV1> => ({
  cycleId: `${pipeline}/${day}`,
  pipeline,
  day,
  version: '20260101_000000',
  score: interval(0.5),
});

export const at = (day: string): string => `${day}T02:00:00.000Z`;

export function openIncident(changes: Partial<Incident> = {}): Incident {
  const [raised] = onFailure({ open: null, recovered: null }, exhausted(exhaustedOn('2026-01-04'), at('2026-01-04')));
  if (!raised) throw new Error('nothing was raised');
  return { ...evolve(null, raised), ...changes };
}
