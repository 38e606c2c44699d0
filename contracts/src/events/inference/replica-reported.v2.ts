import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { instant, name } from '../fields';

/** A replica says what it serves: at every change and as a heartbeat. */
export const replicaReportedV2 = defineEvent({
  subsystem: 'inference',
  name: 'replica-reported',
  version: 2,
  title: 'Replica reported',
  topic: topics.replicas,
  schema: z.object({
    replicaId: z.string(),
    pipeline: name,
    state: z.enum(['starting', 'serving', 'failed', 'stopped']),
    /** Version of the primary arm; null when none answers. */
    version: z.string().nullable(),
    /** The newest rollout the replica has acted on. */
    rolloutId: z.string().nullable(),
    /** Why the traffic of that rollout is not routed. */
    error: z.string().nullable(),
    heartbeatSeconds: z.number().positive(),
    at: instant,
    /** Of the newest traffic the replica has acted on; absent where it routes nothing, or knows of one version only. */
    trafficSequence: z.int().min(1).nullable().optional(),
    /** Versions that are loaded, arms and shadows. */
    loaded: z.array(z.string()).optional(),
  }),
  key: (data) => `${data.replicaId}/${data.pipeline}`,
});
