import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { modelReference, strategy } from '../fields';
import { byCycle, cycleFields } from './cycle-fields';

/** Asks the trainer for a candidate. Attempts are numbered from 1. */
export const retrainingRequestedV1 = defineEvent({
  subsystem: 'evaluation',
  name: 'retraining-requested',
  version: 1,
  title: 'Retraining requested',
  topic: topics.cycles,
  schema: z.object({
    ...cycleFields,
    attempt: z.int().min(1),
    maxAttempts: z.int().min(1),
    runId: z.string().min(1),
    strategy,
    /** Batches whose improvement part may be trained on, oldest first. */
    batches: z.array(z.string()).min(1),
    view: z.string(),
    viewVersion: z.int(),
    /** The preprocessing that encoded the batches. */
    metadataId: z.string(),
    /** The model to fine-tune from; null trains from the start. */
    base: modelReference.nullable(),
    holdoutShare: z.number(),
    validationShare: z.number(),
  }),
  key: byCycle,
});
