import type { ConfusionMatrix } from './confusion-matrix';

/**
 * binary: of the positive class. macro: mean over the classes that occur in labels or predictions.
 * weighted: mean by number of labels. micro: over all decisions, which equals accuracy. As scikit-learn.
 */
export type Averaging = 'binary' | 'macro' | 'micro' | 'weighted';

export interface AveragedScores {
  /** null where no row is positive, neither by label nor by prediction. */
  f1: number | null;
  /** binary: null where nothing is predicted positive. */
  precision: number | null;
  /** binary: null where no label is positive. */
  recall: number | null;
  accuracy: number;
}

const ratio = (part: number, whole: number) => (whole === 0 ? null : part / whole);

function swapped(matrix: ConfusionMatrix): ConfusionMatrix {
  return {
    truePositives: matrix.trueNegatives,
    falsePositives: matrix.falseNegatives,
    trueNegatives: matrix.truePositives,
    falseNegatives: matrix.falsePositives,
  };
}

function ofPositiveClass({ truePositives, falsePositives, falseNegatives }: ConfusionMatrix) {
  return {
    f1: ratio(2 * truePositives, 2 * truePositives + falsePositives + falseNegatives),
    precision: ratio(truePositives, truePositives + falsePositives),
    recall: ratio(truePositives, truePositives + falseNegatives),
  };
}

/** Within an average a class without a score counts as 0 (scikit-learn's zero_division). */
function averaged(matrix: ConfusionMatrix, weightOf: (support: number) => number) {
  const mean = { f1: 0, precision: 0, recall: 0 };
  let total = 0;
  for (const oneClass of [matrix, swapped(matrix)]) {
    const support = oneClass.truePositives + oneClass.falseNegatives;
    const weight = support + oneClass.falsePositives === 0 ? 0 : weightOf(support);
    const scores = ofPositiveClass(oneClass);
    mean.f1 += weight * (scores.f1 ?? 0);
    mean.precision += weight * (scores.precision ?? 0);
    mean.recall += weight * (scores.recall ?? 0);
    total += weight;
  }
  return { f1: ratio(mean.f1, total), precision: ratio(mean.precision, total), recall: ratio(mean.recall, total) };
}

/** F1, precision and recall by averaging, and accuracy. The counts are not all zero. */
export function averagedScores(matrix: ConfusionMatrix, averaging: Averaging): AveragedScores {
  const { truePositives, falsePositives, trueNegatives, falseNegatives } = matrix;
  const accuracy = (truePositives + trueNegatives) / (truePositives + falsePositives + trueNegatives + falseNegatives);
  switch (averaging) {
    case 'binary':
      return { ...ofPositiveClass(matrix), accuracy };
    case 'macro':
      return { ...averaged(matrix, () => 1), accuracy };
    case 'weighted':
      return { ...averaged(matrix, (support) => support), accuracy };
    case 'micro':
      return { f1: accuracy, precision: accuracy, recall: accuracy, accuracy };
  }
}
