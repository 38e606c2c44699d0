import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { digest, instant, name, share } from '../fields';

/** Answered predictions of one replica, many in one event: at thousands a second an event for each costs more than the model. */
export const predictionsMadeV1 = defineEvent({
  subsystem: 'inference',
  name: 'predictions-made',
  version: 1,
  title: 'Predictions made',
  topic: topics.predictions,
  schema: z.object({
    /** The id of its first prediction. A batch that is published again is the same. */
    batchId: z.string().min(1),
    pipeline: name,
    replicaId: z.string(),
    predictions: z
      .array(
        z.object({
          predictionId: z.string().min(1),
          version: z.string(),
          /** Digest of the input row as served; the values themselves are not logged. */
          inputDigest: digest,
          probability: share,
          prediction: z.union([z.literal(0), z.literal(1)]),
          latencyMs: z.number().min(0),
          at: instant,
          /** Arm of the traffic that answered, and the experiment that it is an arm of. */
          arm: name.optional(),
          experimentId: z.string().optional(),
        }),
      )
      .min(1)
      .max(1_000),
  }),
  key: (data) => data.batchId,
});
