import { tuneThreshold } from './decision.threshold';

export interface ValidationMeasure {
  readonly logLoss: number | null;
  readonly rocAuc: number | null;
  readonly f1: number | null;
  readonly threshold: number;
}

/** What one epoch's history records about the validation rows. */
export function measureValidation(probabilities: Float32Array, labels: Int32Array): ValidationMeasure {
  if (labels.length === 0) return { logLoss: null, rocAuc: null, f1: null, threshold: 0.5 };
  const { threshold, f1 } = tuneThreshold(probabilities, labels);
  return { logLoss: logLoss(probabilities, labels), rocAuc: rocAuc(probabilities, labels), f1, threshold };
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

/** Area under the ROC curve from ranks (Mann–Whitney U), ties counted half; null with one class only. */
export function rocAuc(probabilities: Float32Array, labels: Int32Array): number | null {
  const order = Uint32Array.from(probabilities.keys()).sort(
    (a, b) => (probabilities[a] as number) - (probabilities[b] as number),
  );
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) return null;
  let rankSum = 0;
  for (let start = 0, end = 0; start < order.length; start = end) {
    const value = probabilities[order[start] as number];
    let hits = 0;
    for (end = start; end < order.length && probabilities[order[end] as number] === value; end++) {
      hits += labels[order[end] as number] as number;
    }
    rankSum += (hits * (start + 1 + end)) / 2;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
}
