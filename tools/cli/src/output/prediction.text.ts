import { table } from './table';

export interface Prediction {
  prediction: unknown;
  probability: number;
  model_version: string;
  prediction_id: string;
}

export const predictionsTable = (predictions: readonly Prediction[]): string =>
  table(predictions, [
    { title: 'PREDICTION', value: ({ prediction }) => String(prediction) },
    { title: 'PROBABILITY', align: 'right', value: ({ probability }) => probability.toFixed(4) },
    { title: 'MODEL VERSION', value: ({ model_version: version }) => version },
    { title: 'PREDICTION ID', value: ({ prediction_id: id }) => id },
  ]);
