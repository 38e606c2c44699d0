import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { count } from '../fields';
import { byCycle, cycleFields } from './cycle-fields';

export const cycleStartedV1 = defineEvent({
  subsystem: 'evaluation',
  name: 'cycle-started',
  version: 1,
  title: 'Cycle started',
  topic: topics.cycles,
  schema: z.object({
    ...cycleFields,
    batchId: z.string(),
    view: z.string(),
    viewVersion: z.int(),
    rows: count,
    labelledRows: count,
    /** The version that serves as the cycle starts; null before the first rollout. */
    incumbent: z.string().nullable(),
  }),
  key: byCycle,
});
