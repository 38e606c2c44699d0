import { scores } from '@perennial/classification-metrics';

export const METRICS = ['rocAuc', 'prAuc', 'f1', 'brier'] as const;

/** Of one contender on one fold. */
export interface FoldScores extends Readonly<Record<(typeof METRICS)[number], number>> {
  readonly dataset: string;
  readonly fold: number;
  readonly contender: string;
  /** Of training, as the contender itself measures it. */
  readonly seconds: number;
}

export function scoresOn(labels: ArrayLike<number>, probabilities: ArrayLike<number>, threshold: number) {
  const { rocAuc, prAuc, f1, brier } = scores(labels, probabilities, { threshold, averaging: 'binary' });
  return { rocAuc: rocAuc ?? NaN, prAuc: prAuc ?? NaN, f1: f1 ?? NaN, brier };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Of the sample. */
function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (values.length - 1));
}

/** Mean ± standard deviation over the folds, a line for each contender in the order in which they came. */
export function qualityTable(measured: readonly FoldScores[]): string {
  const cell = (values: readonly number[]) =>
    values.length > 1 ? `${mean(values).toFixed(4)} ± ${deviation(values).toFixed(4)}` : mean(values).toFixed(4);
  const lines = [...new Set(measured.map(({ contender }) => contender))].map((contender) => {
    const folds = measured.filter((each) => each.contender === contender);
    const cells = METRICS.map((metric) => cell(folds.map((fold) => fold[metric])));
    return `| ${[contender, ...cells, mean(folds.map(({ seconds }) => seconds)).toFixed(0), folds.length].join(' | ')} |`;
  });
  const head = ['contender', 'ROC-AUC', 'PR-AUC', 'F1', 'Brier', 'seconds', 'folds'];
  return [`| ${head.join(' | ')} |`, `| ${head.map(() => '---').join(' | ')} |`, ...lines].join('\n');
}
