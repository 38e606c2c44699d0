import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { count, fileReference, name, share, strategy } from '../fields';

/** A candidate: an artifact from raw columns to probability, and the checkpoint to fine-tune it from. */
export const runCompletedV1 = defineEvent({
  subsystem: 'training',
  name: 'run-completed',
  version: 1,
  title: 'Run completed',
  topic: topics.runs,
  schema: z.object({
    runId: z.string(),
    pipeline: name,
    cycleId: z.string(),
    attempt: z.int(),
    strategy,
    artifact: fileReference,
    checkpoint: fileReference,
    decisionThreshold: share,
    hyperparameters: z.record(z.string(), z.unknown()),
    validation: z.object({ rows: count, f1: z.number().nullable(), logLoss: z.number().nullable() }),
    trainRows: count,
    seconds: z.number(),
  }),
  key: (data) => data.runId,
});
