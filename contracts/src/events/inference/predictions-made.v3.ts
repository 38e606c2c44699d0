import { z } from 'zod';
import { type DataOf, defineEvent } from '../../define';
import { topics } from '../../topics';
import { count, digest, name, share } from '../fields';
import { arePlainPredictions, hasFields } from './plain.predictions';
import { predictionIdAt } from './prediction.ids';

const MOST = 1_000;
const column = <T extends z.ZodType>(value: T) => z.array(value).min(1).max(MOST);
const input = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const columns = z.object({
  /** Which arm answered: its place in `arms`. */
  arm: column(count),
  probability: column(share),
  prediction: column(z.union([z.literal(0), z.literal(1)])),
  latencyMs: column(z.number().min(0)),
  /** Milliseconds since 1970. */
  at: column(count),
  /** SHA-256 of the JSON array of the model's inputs, in the order of its signature. */
  inputDigest: column(digest),
  /** The model's inputs by name, where the pipeline declares that they are logged; null for a row that is too large. */
  inputs: column(z.record(z.string(), input).nullable()).optional(),
  /**
   * Where the columns were looked up that the request left out: VIEW@vN, or VIEW where it has no version. Null where the
   * request carried them all, empty where the source was away.
   */
  featureViews: column(z.array(z.string().min(1)).nullable()).optional(),
});

const knownArm = z.object({ arm: name, version: z.string(), experimentId: z.string() });
const arms = z.array(knownArm).min(1).max(MOST);
const batchId = z.string().min(1);

const schema = z
  .object({
    /**
     * The id of its first prediction, a UUID; that of the one at place n ends with n in three hexadecimal digits. A batch
     * that is published again is the same.
     */
    batchId,
    pipeline: name,
    replicaId: z.string(),
    /** Arms of the traffic that answered, with the version that each is and the experiment that it belongs to. */
    arms,
    /** What is known of them, each a list with a value for every prediction. */
    predictions: columns,
  })
  .superRefine(({ arms: known, predictions }, context) => {
    const size = predictions.arm.length;
    for (const [field, values] of Object.entries(predictions)) {
      if (values === undefined || values.length === size) continue;
      const message = `must have ${size} values, as predictions.arm has`;
      context.addIssue({ code: 'custom', path: ['predictions', field], message });
    }
    const unknown = predictions.arm.findIndex((arm) => arm >= known.length);
    if (unknown < 0) return;
    const message = `must be a place in arms, which has ${known.length}`;
    context.addIssue({ code: 'custom', path: ['predictions', 'arm', unknown], message });
  });

/** As nearly all batches are. */
function isPlainBatch(data: unknown): data is z.output<typeof schema> {
  if (!hasFields(data, Object.keys(schema.shape))) return false;
  const { arms: known, predictions } = data;
  return (
    batchId.safeParse(data.batchId).success &&
    name.safeParse(data.pipeline).success &&
    typeof data.replicaId === 'string' &&
    arms.safeParse(known).success &&
    (known as unknown[]).every((arm) => hasFields(arm, Object.keys(knownArm.shape))) &&
    arePlainPredictions(predictions, MOST, (known as unknown[]).length)
  );
}

/**
 * Answered predictions of one replica, many in one event and by columns: at thousands a second an event for each, or an
 * object for each, costs more than the model.
 */
export const predictionsMadeV3 = defineEvent({
  subsystem: 'inference',
  name: 'predictions-made',
  version: 3,
  title: 'Predictions made',
  topic: topics.predictions,
  schema,
  accepts: isPlainBatch,
  key: (data) => data.batchId,
});

export type PredictionBatch = DataOf<typeof predictionsMadeV3>;

/** One of a batch, by itself. */
export interface PredictionMade {
  predictionId: string;
  arm: string;
  version: string;
  experimentId: string;
  probability: number;
  prediction: 0 | 1;
  latencyMs: number;
  /** UTC instant with milliseconds. */
  at: string;
  inputDigest: string;
  inputs?: Record<string, z.infer<typeof input>>;
  featureViews?: string[];
}

type Batch = Pick<PredictionBatch, 'batchId' | 'arms' | 'predictions'>;

/** The predictions of a batch in their order. */
export const predictionsOf = (batch: Batch): PredictionMade[] =>
  batch.predictions.arm.map((_, place) => predictionAt(batch, place));

/** The prediction at a place that the batch has. */
function predictionAt({ batchId, arms, predictions }: Batch, place: number): PredictionMade {
  const of = <T>(values: readonly T[]): T => values[place] as T;
  const { arm, version, experimentId } = arms[of(predictions.arm)] as Batch['arms'][number];
  const inputs = predictions.inputs?.[place];
  const featureViews = predictions.featureViews?.[place];
  return {
    predictionId: predictionIdAt(batchId, place),
    arm,
    version,
    experimentId,
    probability: of(predictions.probability),
    prediction: of(predictions.prediction),
    latencyMs: of(predictions.latencyMs),
    at: new Date(of(predictions.at)).toISOString(),
    inputDigest: of(predictions.inputDigest),
    ...(inputs && { inputs }),
    ...(featureViews && { featureViews }),
  };
}
