import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { modelReference } from '../fields';
import { byPipeline, rolloutFields } from './rollout-fields';

/** Every inference replica of the pipeline shall load and serve the version. */
export const rolloutStartedV1 = defineEvent({
  subsystem: 'deployment',
  name: 'rollout-started',
  version: 1,
  title: 'Rollout started',
  topic: topics.rollouts,
  schema: z.object({
    ...rolloutFields,
    model: modelReference,
    previous: z.string().nullable(),
    kind: z.enum(['promotion', 'rollback']),
    requestedBy: z.string(),
  }),
  key: byPipeline,
});
