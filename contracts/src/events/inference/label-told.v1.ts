import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { instant } from '../fields';

/** What a predicted row turned out to be. The one said last counts; repeating it changes nothing. */
export const labelToldV1 = defineEvent({
  subsystem: 'inference',
  name: 'label-told',
  version: 1,
  title: 'Label told',
  topic: topics.labels,
  schema: z.object({
    predictionId: z.string().min(1).max(200),
    label: z.union([z.literal(0), z.literal(1)]),
    /** When it was known. */
    at: instant,
  }),
  key: (data) => data.predictionId,
});
