import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { modelReference } from '../fields';
import { byPipeline, rolloutFields } from './rollout-fields';

/** Every live replica has said that it serves the version. */
export const rolloutCompletedV1 = defineEvent({
  subsystem: 'deployment',
  name: 'rollout-completed',
  version: 1,
  title: 'Rollout completed',
  topic: topics.rollouts,
  schema: z.object({
    ...rolloutFields,
    model: modelReference,
    previous: z.string().nullable(),
    kind: z.enum(['promotion', 'rollback']),
    replicas: z.array(z.string()),
  }),
  key: byPipeline,
});
