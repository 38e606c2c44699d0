import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { name, strategy } from '../fields';

export const runFailedV1 = defineEvent({
  subsystem: 'training',
  name: 'run-failed',
  version: 1,
  title: 'Run failed',
  topic: topics.runs,
  schema: z.object({
    runId: z.string(),
    pipeline: name,
    cycleId: z.string(),
    attempt: z.int(),
    strategy,
    code: z.string(),
    message: z.string(),
  }),
  key: (data) => data.runId,
});
