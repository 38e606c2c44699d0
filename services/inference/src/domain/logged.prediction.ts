import { createHash } from 'node:crypto';
import type { DataOf, predictionMadeV2 } from '@perennial/contracts';
import type { InputColumn, Row } from './prediction.request';

/** An answered prediction, as it waits to be published. */
export interface LoggedPrediction {
  predictionId: string;
  pipeline: string;
  version: string;
  arm: string;
  experimentId: string;
  inputs: readonly InputColumn[];
  row: Row;
  probability: number;
  prediction: 0 | 1;
  latencyMs: number;
  /** Milliseconds since 1970. */
  at: number;
}

/** SHA-256 of the JSON array of the model's inputs, in the order of its signature. */
export function inputDigest(row: Row, inputs: readonly InputColumn[]): string {
  const values = JSON.stringify(inputs.map(({ name }) => row[name] ?? null));
  return `sha256:${createHash('sha256').update(values).digest('hex')}`;
}

export function predictionMade(made: LoggedPrediction, replicaId: string): DataOf<typeof predictionMadeV2> {
  const { inputs, row, at, latencyMs, ...fields } = made;
  return {
    ...fields,
    replicaId,
    inputDigest: inputDigest(row, inputs),
    latencyMs: Math.round(latencyMs * 1000) / 1000,
    at: new Date(at).toISOString(),
  };
}
