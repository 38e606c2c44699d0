import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { byCycle, cycleFields } from './cycle-fields';

/** The day gave no verdict: too few labelled rows, or data that failed its quality checks. */
export const cycleSkippedV1 = defineEvent({
  subsystem: 'evaluation',
  name: 'cycle-skipped',
  version: 1,
  title: 'Cycle skipped',
  topic: topics.cycles,
  schema: z.object({
    ...cycleFields,
    reason: z.enum(['insufficient-data', 'data-quality']),
    details: z.array(z.string()),
  }),
  key: byCycle,
});
