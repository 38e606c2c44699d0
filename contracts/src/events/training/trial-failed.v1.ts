import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { count } from '../fields';
import { trialIdentity } from './trial-fields';

export const trialFailedV1 = defineEvent({
  subsystem: 'training',
  name: 'trial-failed',
  version: 1,
  title: 'Trial failed',
  topic: topics.trials,
  schema: z.object({ ...trialIdentity, claim: count, code: z.string(), message: z.string() }),
  key: ({ runId }) => runId,
});
