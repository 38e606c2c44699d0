import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { fileReference } from '../fields';
import { trialIdentity } from './trial-fields';

/** Keyed by run: what becomes of a search is decided outcome by outcome. */
export const trialCompletedV1 = defineEvent({
  subsystem: 'training',
  name: 'trial-completed',
  version: 1,
  title: 'Trial completed',
  topic: topics.trials,
  schema: z.object({
    ...trialIdentity,
    /** How many times the trial was taken up: above 1 after a trainer was lost or something outside failed. */
    claim: z.int().min(1),
    score: z.number(),
    seconds: z.number(),
    /** The trained model, kept until the run is over. */
    model: fileReference,
  }),
  key: ({ runId }) => runId,
});
