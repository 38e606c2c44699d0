import { hash } from 'node:crypto';
import type { DataOf, predictionsMadeV2 } from '@perennial/contracts';
import type { InputColumn, Row } from './prediction.request';

export type PredictionBatch = DataOf<typeof predictionsMadeV2>;
export type LoggedInputs = NonNullable<PredictionBatch['predictions'][number]['inputs']>;

/** An answered prediction, as it waits to be published. */
export interface LoggedPrediction {
  version: string;
  arm: string;
  experimentId: string;
  inputDigest: string;
  /** Where they are to be logged. */
  inputs?: LoggedInputs;
  /** Of the inputs that are logged, as JSON. */
  inputBytes?: number;
  /** Of the features that were looked up for the row; absent where it carried all of them. */
  featureViews?: readonly string[];
  probability: number;
  prediction: 0 | 1;
  latencyMs: number;
  /** Milliseconds since 1970. */
  at: number;
}

/** What is logged of the row that was served. */
type Served = Pick<LoggedPrediction, 'inputDigest' | 'inputs' | 'inputBytes'>;

/** Of one row, as JSON; a larger one is logged by its digest alone. */
const MAX_INPUT_BYTES = 16_384;

/** `inputDigest`: SHA-256 of the JSON array of the model's inputs, in the order of its signature. */
export function servedRow(row: Row, columns: readonly InputColumn[], logged: 'digest' | 'values'): Served {
  const values = columns.map(({ name }) => row[name] ?? null) as LoggedInputs[string][];
  const json = JSON.stringify(values);
  const inputDigest = `sha256:${hash('sha256', json)}`;
  if (logged === 'digest') return { inputDigest };
  // Each name in quotes, and a colon.
  const inputBytes = columns.reduce((sum, { name }) => sum + Buffer.byteLength(name) + 3, Buffer.byteLength(json));
  if (inputBytes > MAX_INPUT_BYTES) return { inputDigest };
  return {
    inputDigest,
    inputs: Object.fromEntries(columns.map(({ name }, index) => [name, values[index] ?? null])),
    inputBytes,
  };
}

/** Hexadecimal digits at the end of a prediction's id that say its place in the batch. */
const PLACE_DIGITS = 3;
const UUID_LENGTH = 36;

/** The id of a prediction at that place, up to 4,095, of the batch with this id. */
export const predictionIdAt = (batchId: string, place: number): string =>
  batchId.slice(0, -PLACE_DIGITS) + place.toString(16).padStart(PLACE_DIGITS, '0');

/** The batch that a prediction with this id is logged in; ids that are no UUIDs were not made here, and stand alone. */
export const batchIdOf = (predictionId: string): string =>
  predictionId.length === UUID_LENGTH ? predictionIdAt(predictionId, 0) : predictionId;

export interface WaitingBatch {
  batchId: string;
  pipeline: string;
  predictions: (LoggedPrediction & { predictionId: string })[];
}

export const publishedBatch = ({ predictions, ...batch }: WaitingBatch, replicaId: string): PredictionBatch => ({
  ...batch,
  replicaId,
  predictions: predictions.map(({ latencyMs, at, featureViews, inputBytes: _, ...made }) => ({
    ...made,
    ...(featureViews && { featureViews: [...featureViews] }),
    latencyMs: Math.round(latencyMs * 1000) / 1000,
    at: new Date(at).toISOString(),
  })),
});
