import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { name } from '../fields';
import { byPipeline } from './rollout-fields';

/** An approved version waited for a running rollout and never had its own: a newer approval took its place. */
export const versionSupersededV1 = defineEvent({
  subsystem: 'deployment',
  name: 'version-superseded',
  version: 1,
  title: 'Version superseded',
  topic: topics.rollouts,
  schema: z.object({ pipeline: name, version: z.string(), cycleId: z.string().nullable(), supersededBy: z.string() }),
  key: byPipeline,
  subject: ({ pipeline, version }) => `${pipeline}/${version}`,
});
