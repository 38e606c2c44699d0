import { scoredRows } from './scored-rows';

export interface ConfusionMatrix {
  truePositives: number;
  falsePositives: number;
  trueNegatives: number;
  falseNegatives: number;
}

/** A row is predicted positive where its probability is at least the threshold. */
export function confusionMatrix(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  threshold: number,
): ConfusionMatrix {
  const rows = scoredRows(labels, probabilities);
  const matrix: ConfusionMatrix = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };
  rows.labels.forEach((label, row) => {
    const predicted = (rows.probabilities[row] as number) >= threshold;
    if (predicted) matrix[label === 1 ? 'truePositives' : 'falsePositives']++;
    else matrix[label === 1 ? 'falseNegatives' : 'trueNegatives']++;
  });
  return matrix;
}
