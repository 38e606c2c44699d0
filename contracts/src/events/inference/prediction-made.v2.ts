import { z } from 'zod';
import { defineEvent } from '../../define';
import { topics } from '../../topics';
import { digest, instant, name, share } from '../fields';

export const predictionMadeV2 = defineEvent({
  subsystem: 'inference',
  name: 'prediction-made',
  version: 2,
  title: 'Prediction made',
  topic: topics.predictions,
  schema: z.object({
    predictionId: z.string(),
    pipeline: name,
    version: z.string(),
    replicaId: z.string(),
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
  key: (data) => data.predictionId,
});
