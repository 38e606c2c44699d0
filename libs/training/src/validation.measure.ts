import { bestF1Threshold, scores } from '@perennial/classification-metrics';

export interface ValidationMeasure {
  readonly logLoss: number | null;
  readonly rocAuc: number | null;
  readonly f1: number | null;
  readonly threshold: number;
}

/** What one epoch's history records about the validation rows. Without positive labels the threshold is 0.5, F1 0. */
export function measureValidation(probabilities: Float32Array, labels: Int32Array): ValidationMeasure {
  if (labels.length === 0) return { logLoss: null, rocAuc: null, f1: null, threshold: 0.5 };
  const { threshold, f1 } = bestF1Threshold(labels, probabilities) ?? { threshold: 0.5, f1: 0 };
  const { rocAuc } = scores(labels, probabilities, { threshold, averaging: 'binary' });
  return { logLoss: logLoss(probabilities, labels), rocAuc, f1, threshold };
}

/** Probabilities are clipped to [1e-7, 1 - 1e-7]: float32 rounds confident ones to 0 and 1. */
function logLoss(probabilities: Float32Array, labels: Int32Array): number {
  let sum = 0;
  labels.forEach((label, row) => {
    const p = Math.min(Math.max(probabilities[row] as number, 1e-7), 1 - 1e-7);
    sum -= Math.log(label === 1 ? p : 1 - p);
  });
  return sum / labels.length;
}
