import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { fileReference, metrics, modelReference, strategy, verdict } from '../fields';
import { byCycle, cycleFields } from './cycle-fields';

/** A candidate passed on the holdout rows: the registry makes it a version. */
export const modelPromotedV1 = defineEvent({
  subsystem: 'evaluation',
  name: 'model-promoted',
  version: 1,
  title: 'Model promoted',
  topic: topics.cycles,
  schema: z.object({
    ...cycleFields,
    attempt: z.int().min(1),
    strategy,
    candidate: modelReference,
    /** Registered version of the model this one was fine-tuned from. */
    finetunedFrom: z.string().nullable(),
    hyperparameters: z.record(z.string(), z.unknown()),
    metrics,
    incumbentMetrics: metrics.nullable(),
    verdict,
    data: z.object({
      view: z.string(),
      viewVersion: z.int(),
      batches: z.array(z.string()),
      raw: z.array(fileReference),
    }),
  }),
  key: byCycle,
});
