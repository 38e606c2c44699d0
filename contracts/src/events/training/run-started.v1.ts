import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { count, name, strategy } from '../fields';

export const runStartedV1 = defineEvent({
  subsystem: 'training',
  name: 'run-started',
  version: 1,
  title: 'Run started',
  topic: topics.runs,
  schema: z.object({
    runId: z.string(),
    pipeline: name,
    cycleId: z.string(),
    attempt: z.int(),
    strategy,
    trainRows: count,
    validationRows: count,
    /** How many times the run was taken up: above 1 after a trainer was lost. */
    claim: z.int().min(1),
  }),
  key: (data) => data.runId,
});
