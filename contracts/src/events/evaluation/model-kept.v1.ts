import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { interval } from '../fields';
import { byCycle, cycleFields } from './cycle-fields';

/** The serving model passed on the new day. */
export const modelKeptV1 = defineEvent({
  subsystem: 'evaluation',
  name: 'model-kept',
  version: 1,
  title: 'Model kept',
  topic: topics.cycles,
  schema: z.object({ ...cycleFields, version: z.string(), score: interval }),
  key: byCycle,
});
