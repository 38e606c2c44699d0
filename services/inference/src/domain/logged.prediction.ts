import { hash } from 'node:crypto';
import type { DataOf, predictionsMadeV2 } from '@perennial/contracts';
import type { InputColumn, Row } from './prediction.request';

export type PredictionBatch = DataOf<typeof predictionsMadeV2>;

/** An answered prediction, as it waits to be published. */
export interface LoggedPrediction {
  version: string;
  arm: string;
  experimentId: string;
  /** In place of the row: what waits holds no values. */
  inputDigest: string;
  /** Of the features that were looked up for the row; absent where it carried all of them. */
  featureViews?: readonly string[];
  probability: number;
  prediction: 0 | 1;
  latencyMs: number;
  /** Milliseconds since 1970. */
  at: number;
}

/** SHA-256 of the JSON array of the model's inputs, in the order of its signature. */
export function inputDigest(row: Row, inputs: readonly InputColumn[]): string {
  return `sha256:${hash('sha256', JSON.stringify(inputs.map(({ name }) => row[name] ?? null)))}`;
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
  predictions: predictions.map(({ latencyMs, at, featureViews, ...made }) => ({
    ...made,
    ...(featureViews && { featureViews: [...featureViews] }),
    latencyMs: Math.round(latencyMs * 1000) / 1000,
    at: new Date(at).toISOString(),
  })),
});
