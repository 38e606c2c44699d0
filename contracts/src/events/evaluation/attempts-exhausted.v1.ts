import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { count, interval, share, strategy } from '../fields';
import { byCycle, cycleFields } from './cycle-fields';

export const attemptOutcome = z.object({
  attempt: z.int().min(1),
  strategy,
  runId: z.string(),
  /** Null when the run failed and gave no candidate. */
  score: interval.nullable(),
  failure: z.string().nullable(),
});

/** No attempt gave a model that passes: a person is needed. */
export const attemptsExhaustedV1 = defineEvent({
  subsystem: 'evaluation',
  name: 'attempts-exhausted',
  version: 1,
  title: 'Attempts exhausted',
  topic: topics.cycles,
  schema: z.object({
    ...cycleFields,
    metric: z.string(),
    threshold: share,
    holdoutRows: count,
    incumbent: z.object({ version: z.string(), score: interval }).nullable(),
    attempts: z.array(attemptOutcome),
  }),
  key: byCycle,
});

export type AttemptOutcome = z.infer<typeof attemptOutcome>;
