import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { digest, instant, name, share } from '../fields';

/** Answered predictions of one replica, many in one event: at thousands a second an event for each costs more than the model. */
export const predictionsMadeV2 = defineEvent({
  subsystem: 'inference',
  name: 'predictions-made',
  version: 2,
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
          /** SHA-256 of the JSON array of the model's inputs, in the order of its signature. */
          inputDigest: digest,
          /** The model's inputs by name, where the pipeline declares that they are logged. */
          inputs: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).optional(),
          probability: share,
          prediction: z.union([z.literal(0), z.literal(1)]),
          latencyMs: z.number().min(0),
          at: instant,
          /** Arm of the traffic that answered, and the experiment that it is an arm of. */
          arm: name.optional(),
          experimentId: z.string().optional(),
          /**
           * Where the columns were looked up that the request left out: VIEW@vN, or VIEW where it has no version. Absent
           * where the request carried them all, empty where the source was away.
           */
          featureViews: z.array(z.string().min(1)).optional(),
        }),
      )
      .min(1)
      .max(1_000),
  }),
  key: (data) => data.batchId,
});
