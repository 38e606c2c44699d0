import { rankedRows } from './ranked-rows';
import { scoredRows } from './scored-rows';

/**
 * The decision threshold with the highest F1 of the positive class; of equally good ones the middle, the lower of two.
 * It lies midway between the lowest probability taken and the next below, so that rounding does not move a row across.
 * null where no label is positive.
 */
export function bestF1Threshold(
  labels: ArrayLike<number>,
  probabilities: ArrayLike<number>,
): { threshold: number; f1: number } | null {
  const rows = rankedRows(scoredRows(labels, probabilities));
  const positives = rows.labels.reduce((sum, label) => sum + label, 0);
  if (positives === 0) return null;
  let truePositives = 0;
  let best: { f1: number; thresholds: number[] } = { f1: -1, thresholds: [] };
  for (let rank = 0; rank < rows.labels.length; rank++) {
    truePositives += rows.labels[rank] as number;
    const probability = rows.probabilities[rank] as number;
    const below = rows.probabilities[rank + 1] ?? 0;
    if (below === probability && rank + 1 < rows.labels.length) continue; // rows of equal probability go together
    const f1 = (2 * truePositives) / (rank + 1 + positives);
    const middle = below + (probability - below) / 2;
    const threshold = middle > below ? middle : probability;
    if (f1 > best.f1) best = { f1, thresholds: [threshold] };
    else if (f1 === best.f1) best.thresholds.push(threshold);
  }
  return { threshold: best.thresholds[best.thresholds.length >> 1] as number, f1: best.f1 };
}
