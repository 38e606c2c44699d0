import { averagedScores, type AveragedScores, type Averaging } from './averaged-scores';
import type { ConfusionMatrix } from './confusion-matrix';
import type { ScoredRows } from './scored-rows';

export interface Scores extends AveragedScores {
  /** null where only one class occurs. */
  rocAuc: number | null;
  /** Average precision; null where no label is positive. */
  prAuc: number | null;
  logLoss: number;
  brier: number;
}

export type MetricName = keyof Scores;

/** Rows by descending probability, so that every metric of a resample is one pass over row counts. */
export interface RankedRows {
  readonly labels: Uint8Array;
  readonly probabilities: Float64Array;
  readonly logLosses: Float64Array;
  readonly squaredErrors: Float64Array;
  /** Place of each original row. */
  readonly rankOf: Uint32Array;
}

/** Probabilities are clipped as scikit-learn does for float64. */
function logLossOf(label: number, probability: number): number {
  const clipped = Math.min(Math.max(probability, Number.EPSILON), 1 - Number.EPSILON);
  return -Math.log(label === 1 ? clipped : 1 - clipped);
}

export function rankedRows({ labels, probabilities }: ScoredRows): RankedRows {
  const order = Uint32Array.from(labels, (_, row) => row);
  order.sort((a, b) => (probabilities[b] as number) - (probabilities[a] as number) || a - b);
  const rankOf = new Uint32Array(order.length);
  order.forEach((row, rank) => (rankOf[row] = rank));
  const ranked = Uint8Array.from(order, (row) => labels[row] as number);
  const descending = Float64Array.from(order, (row) => probabilities[row] as number);
  return {
    labels: ranked,
    probabilities: descending,
    logLosses: descending.map((probability, rank) => logLossOf(ranked[rank] as number, probability)),
    squaredErrors: descending.map((probability, rank) => (probability - (ranked[rank] as number)) ** 2),
    rankOf,
  };
}

/** Areas under both curves; counts[rank] is how often a row occurs. Rows of equal probability are one step. */
function areas({ labels, probabilities }: RankedRows, counts: ArrayLike<number>, positives: number, negatives: number) {
  let truePositives = 0;
  let falsePositives = 0;
  let rocArea = 0;
  let averagePrecision = 0;
  for (let rank = 0; rank < labels.length;) {
    const probability = probabilities[rank] as number;
    let stepPositives = 0;
    let stepNegatives = 0;
    for (; rank < labels.length && probabilities[rank] === probability; rank++) {
      if (labels[rank] === 1) stepPositives += counts[rank] as number;
      else stepNegatives += counts[rank] as number;
    }
    rocArea += stepNegatives * (truePositives + stepPositives / 2); // half a point for a tie
    truePositives += stepPositives;
    falsePositives += stepNegatives;
    if (stepPositives > 0) averagePrecision += (stepPositives * truePositives) / (truePositives + falsePositives);
  }
  return {
    rocAuc: positives === 0 || negatives === 0 ? null : rocArea / (positives * negatives),
    prAuc: positives === 0 ? null : averagePrecision / positives,
  };
}

/** Every metric of the rows, each taken counts[rank] times. */
export function scoresOf(
  rows: RankedRows,
  counts: ArrayLike<number>,
  options: { threshold: number; averaging: Averaging },
): Scores {
  const matrix: ConfusionMatrix = { truePositives: 0, falsePositives: 0, trueNegatives: 0, falseNegatives: 0 };
  let logLoss = 0;
  let brier = 0;
  for (let rank = 0; rank < rows.labels.length; rank++) {
    const count = counts[rank] as number;
    const predicted = (rows.probabilities[rank] as number) >= options.threshold;
    if (rows.labels[rank] === 1) matrix[predicted ? 'truePositives' : 'falseNegatives'] += count;
    else matrix[predicted ? 'falsePositives' : 'trueNegatives'] += count;
    logLoss += count * (rows.logLosses[rank] as number);
    brier += count * (rows.squaredErrors[rank] as number);
  }
  const positives = matrix.truePositives + matrix.falseNegatives;
  const negatives = matrix.falsePositives + matrix.trueNegatives;
  const total = positives + negatives;
  return {
    ...averagedScores(matrix, options.averaging),
    ...areas(rows, counts, positives, negatives),
    logLoss: logLoss / total,
    brier: brier / total,
  };
}
