import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { instant, name } from '../fields';

/** A replica says what it serves: at every change and as a heartbeat. */
export const replicaReportedV1 = defineEvent({
  subsystem: 'inference',
  name: 'replica-reported',
  version: 1,
  title: 'Replica reported',
  topic: topics.replicas,
  schema: z.object({
    replicaId: z.string(),
    pipeline: name,
    state: z.enum(['starting', 'serving', 'failed', 'stopped']),
    /** Version that answers now; null when none does. */
    version: z.string().nullable(),
    /** The newest rollout the replica has acted on. */
    rolloutId: z.string().nullable(),
    /** Why the version of that rollout is not served. */
    error: z.string().nullable(),
    heartbeatSeconds: z.number().positive(),
    at: instant,
  }),
  key: (data) => `${data.replicaId}/${data.pipeline}`,
});
