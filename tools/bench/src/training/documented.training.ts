import type { EncodedRows, TrainingConfig } from '@perennial/training';
import { documentedModel, seededNumbers } from '../documented.model';

/** As documented, but for epochs, batch and rate, which a measurement chooses. */
export const documentedTraining = (
  chosen: Pick<TrainingConfig, 'epochs' | 'batchSize' | 'learningRate'>,
): TrainingConfig => ({
  ...chosen,
  ...{ schedule: 'constant', warmup: 0, optimizer: 'adam', momentum: 0, weightDecay: 0, clipNorm: null },
  ...{ classWeights: 'balanced', seed: 7, earlyStopping: null },
});

/** Of the documented model; about three rows in ten are positive. */
export function syntheticRows(rows: number): EncodedRows {
  const random = seededNumbers(1);
  const { categorical, numeric } = documentedModel;
  const cardinality = (at: number) => categorical[at % categorical.length]?.cardinality as number;
  return {
    rows,
    categorical: Int32Array.from({ length: rows * categorical.length }, (_, at) =>
      Math.floor(random() * cardinality(at)),
    ),
    numeric: Float32Array.from({ length: rows * numeric.length }, () => random() * 4 - 2),
    labels: Int32Array.from({ length: rows }, () => (random() < 0.3 ? 1 : 0)),
  };
}

export const noRows: EncodedRows = {
  rows: 0,
  categorical: new Int32Array(0),
  numeric: new Float32Array(0),
  labels: new Int32Array(0),
};
