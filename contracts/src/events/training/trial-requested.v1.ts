import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { instant, share } from '../fields';
import { trialIdentity } from './trial-fields';

/** A trial that any trainer may train. Keyed by trial, so that those of one search spread over all partitions. */
export const trialRequestedV1 = defineEvent({
  subsystem: 'training',
  name: 'trial-requested',
  version: 1,
  title: 'Trial requested',
  topic: topics.trials,
  schema: z.object({
    ...trialIdentity,
    /** Of a full training. */
    share,
    configuration: z.object({ kind: z.string(), parameters: z.record(z.string(), z.unknown()) }),
    metric: z.enum(['f1', 'rocAuc', 'logLoss']),
    /** That of the run. */
    deadline: instant.nullable(),
  }),
  key: ({ runId, trial, rung }) => `${runId}/${trial}.${rung}`,
});
