import { hash } from 'node:crypto';
import type { DataOf, predictionsMadeV1 } from '@perennial/contracts';
import type { InputColumn, Row } from './prediction.request';

/** An answered prediction, as it waits to be published. */
export interface LoggedPrediction {
  predictionId: string;
  pipeline: string;
  version: string;
  /** In place of the row: what waits holds no values. */
  inputDigest: string;
  probability: number;
  prediction: 0 | 1;
  latencyMs: number;
  /** Milliseconds since 1970. */
  at: number;
}

export type PredictionBatch = DataOf<typeof predictionsMadeV1>;

/** SHA-256 of the JSON array of the model's inputs, in the order of its signature. */
export function inputDigest(row: Row, inputs: readonly InputColumn[]): string {
  return `sha256:${hash('sha256', JSON.stringify(inputs.map(({ name }) => row[name] ?? null)))}`;
}

/** A batch for each pipeline, its predictions in the order given. */
export function predictionBatches(made: readonly LoggedPrediction[], replicaId: string): PredictionBatch[] {
  const batches = new Map<string, PredictionBatch>();
  for (const { pipeline, at, latencyMs, ...fields } of made) {
    let batch = batches.get(pipeline);
    if (batch === undefined) {
      batch = { batchId: fields.predictionId, pipeline, replicaId, predictions: [] };
      batches.set(pipeline, batch);
    }
    batch.predictions.push({
      ...fields,
      latencyMs: Math.round(latencyMs * 1000) / 1000,
      at: new Date(at).toISOString(),
    });
  }
  return [...batches.values()];
}
