import { hash } from 'node:crypto';
import { type PredictionBatch, type PredictionMade, predictionIdAt } from '@perennial/contracts';
import type { InputColumn, Row } from './prediction.request';

export type LoggedInputs = NonNullable<PredictionMade['inputs']>;

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

/** Answered predictions of a pipeline that wait to be published, by columns as the event has them. */
export interface WaitingBatch {
  readonly batchId: string;
  readonly pipeline: string;
  readonly arms: PredictionBatch['arms'];
  readonly predictions: Required<PredictionBatch['predictions']>;
}

export const emptyBatch = (batchId: string, pipeline: string): WaitingBatch => ({
  ...{ batchId, pipeline, arms: [] },
  predictions: {
    ...{ arm: [], probability: [], prediction: [], latencyMs: [], at: [], inputDigest: [] },
    ...{ inputs: [], featureViews: [] },
  },
});

export const sizeOf = ({ predictions }: Pick<WaitingBatch, 'predictions'>): number => predictions.arm.length;

/** Adds a prediction to the batch, and gives the id under which it lies there. */
export function append(batch: WaitingBatch, made: LoggedPrediction): string {
  const { batchId, arms, predictions } = batch;
  const id = predictionIdAt(batchId, sizeOf(batch));
  predictions.arm.push(placeOfArm(arms, made));
  predictions.probability.push(made.probability);
  predictions.prediction.push(made.prediction);
  predictions.latencyMs.push(Math.round(made.latencyMs * 1000) / 1000);
  predictions.at.push(made.at);
  predictions.inputDigest.push(made.inputDigest);
  predictions.inputs.push(made.inputs ?? null);
  predictions.featureViews.push(made.featureViews ? [...made.featureViews] : null);
  return id;
}

function placeOfArm(arms: WaitingBatch['arms'], { arm, version, experimentId }: LoggedPrediction): number {
  const place = arms.findIndex(
    (known) => known.arm === arm && known.version === version && known.experimentId === experimentId,
  );
  return place < 0 ? arms.push({ arm, version, experimentId }) - 1 : place;
}

/** Without the columns in which nothing is. */
export function publishedBatch({ predictions, ...batch }: WaitingBatch, replicaId: string): PredictionBatch {
  const { inputs, featureViews, ...always } = predictions;
  const isGiven = (value: unknown) => value !== null;
  return {
    ...batch,
    replicaId,
    predictions: {
      ...always,
      ...(inputs.some(isGiven) && { inputs }),
      ...(featureViews.some(isGiven) && { featureViews }),
    },
  };
}
