import type { Trial } from './pretraining.trial';

export interface Measured extends Trial {
  readonly draw: number;
  /** Of the labels. */
  readonly share: string;
  /** Labelled training rows. */
  readonly labels: number;
  /** `plain`, or how the encoder was pretrained. */
  readonly variant: string;
}

const METRICS = ['rocAuc', 'prAuc'] as const;

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Sample standard deviation; NaN for one value. */
function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}

const spread = (values: readonly number[], sign = false) =>
  `${sign && meanOf(values) >= 0 ? '+' : ''}${meanOf(values).toFixed(4)} ± ${deviationOf(values).toFixed(4)}`;

/** A row for each share of labels and variant: means, and the differences to `plain` draw by draw. */
export function benefitTable(measured: readonly Measured[]): string {
  const lines = [
    '| labels | variant | ROC-AUC | paired difference | PR-AUC | paired difference | draws won |',
    '| --- | --- | --- | --- | --- | --- | --- |',
  ];
  for (const share of new Set(measured.map((trial) => trial.share))) {
    const ofShare = measured.filter((trial) => trial.share === share);
    const plain = new Map(ofShare.filter(({ variant }) => variant === 'plain').map((trial) => [trial.draw, trial]));
    for (const variant of new Set(ofShare.map((trial) => trial.variant))) {
      const trials = ofShare.filter((trial) => trial.variant === variant);
      const differences = (metric: (typeof METRICS)[number]) =>
        trials.map((trial) => trial[metric] - (plain.get(trial.draw)?.[metric] ?? NaN));
      const cells = METRICS.flatMap((metric) => [
        spread(trials.map((trial) => trial[metric])),
        variant === 'plain' ? '' : spread(differences(metric), true),
      ]);
      const won = differences('rocAuc').filter((difference) => difference > 0).length;
      const labels = Math.round(meanOf(trials.map((trial) => trial.labels)));
      const last = variant === 'plain' ? '' : `${won} of ${trials.length}`;
      lines.push(`| ${Number(share) * 100} % (${labels} rows) | ${variant} | ${cells.join(' | ')} | ${last} |`);
    }
  }
  return lines.join('\n');
}
