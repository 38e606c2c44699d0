import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { byPipeline, rolloutFields } from './rollout-fields';

/** A replica could not serve the version in time; the previous one is rolled out again. */
export const rolloutFailedV1 = defineEvent({
  subsystem: 'deployment',
  name: 'rollout-failed',
  version: 1,
  title: 'Rollout failed',
  topic: topics.rollouts,
  schema: z.object({
    ...rolloutFields,
    reason: z.string(),
    replicas: z.array(z.string()),
    restored: z.string().nullable(),
  }),
  key: byPipeline,
});
