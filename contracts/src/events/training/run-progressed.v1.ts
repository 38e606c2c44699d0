import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { count, name } from '../fields';

export const runProgressedV1 = defineEvent({
  subsystem: 'training',
  name: 'run-progressed',
  version: 1,
  title: 'Run progressed',
  topic: topics.runs,
  schema: z.object({
    runId: z.string(),
    pipeline: name,
    cycleId: z.string(),
    attempt: z.int(),
    trial: z.int().min(1),
    trials: z.int().min(1),
    epoch: count,
    epochs: count,
    step: count,
    steps: count,
    loss: z.number().nullable(),
    rowsPerSecond: z.number(),
    secondsLeft: z.number(),
  }),
  key: (data) => data.runId,
});
