import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { count, metrics, modelReference, verdict } from '../fields';
import { byCycle, cycleFields } from './cycle-fields';

/** A model was scored on the holdout rows of the day, which no candidate was trained on. */
export const modelJudgedV1 = defineEvent({
  subsystem: 'evaluation',
  name: 'model-judged',
  version: 1,
  title: 'Model judged',
  topic: topics.cycles,
  schema: z.object({
    ...cycleFields,
    role: z.enum(['incumbent', 'candidate']),
    /** 0 for the incumbent, else the attempt that made the candidate. */
    attempt: count,
    model: modelReference,
    holdoutRows: count,
    metrics,
    verdict,
  }),
  key: byCycle,
});
