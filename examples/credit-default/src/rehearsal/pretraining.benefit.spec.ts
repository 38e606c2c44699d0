import { benefitTable, type Measured } from './pretraining.benefit';

const trial = (draw: number, variant: string, rocAuc: number, prAuc: number): Measured => ({
  ...{ draw, share: '0.05', labels: 1000 + draw, variant, rocAuc, prAuc, brier: 0.1, epoch: 1, seconds: 1 },
});

it('tells means, sample deviations and the differences draw by draw', () => {
  const table = benefitTable([
    ...[trial(0, 'plain', 0.7, 0.5), trial(1, 'plain', 0.8, 0.4)],
    ...[trial(1, 'pretrained', 0.79, 0.5), trial(0, 'pretrained', 0.72, 0.5)],
  ]);
  // Differences of the ROC-AUC: 0.02 and −0.01, mean 0.005, deviation 0.03/√2.
  expect(table.split('\n').slice(2)).toEqual([
    '| 5 % (1001 rows) | plain | 0.7500 ± 0.0707 |  | 0.4500 ± 0.0707 |  |  |',
    '| 5 % (1001 rows) | pretrained | 0.7550 ± 0.0495 | +0.0050 ± 0.0212 | 0.5000 ± 0.0000 | +0.0500 ± 0.0707 | 1 of 2 |',
  ]);
});
