import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { bestF1Threshold, confusionMatrix, scores, type Averaging, type ConfusionMatrix } from './index';

interface Case {
  name: string;
  labels: number[];
  probabilities: number[];
  threshold: number;
  confusion: ConfusionMatrix;
  averaged: Record<Averaging, Record<'f1' | 'precision' | 'recall', number>>;
  accuracy: number;
  rocAuc: number | null;
  prAuc: number | null;
  logLoss: number;
  brier: number;
  bestF1: number | null;
}

const text = readFileSync(join(__dirname, '../testdata/golden.json'), 'utf8');
const { cases } = JSON.parse(text) as { cases: Case[] };

function expectClose(actual: number | null, expected: number | null): void {
  if (expected === null || actual === null) expect(actual).toBe(expected);
  else expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-12 * Math.max(1, Math.abs(expected)));
}

describe.each(cases)('against scikit-learn: $name', (golden) => {
  const { labels, probabilities, threshold } = golden;

  it.each(['binary', 'macro', 'micro', 'weighted'] as const)('scores, %s', (averaging) => {
    const actual = scores(labels, probabilities, { threshold, averaging });
    const expected = golden.averaged[averaging];
    // scikit-learn gives 0 where a binary score is undefined; here it is null.
    const defined = (name: 'f1' | 'precision' | 'recall') => actual[name] ?? 0;
    expectClose(defined('f1'), expected.f1);
    expectClose(defined('precision'), expected.precision);
    expectClose(defined('recall'), expected.recall);
    expectClose(actual.accuracy, golden.accuracy);
    expectClose(actual.rocAuc, golden.rocAuc);
    expectClose(actual.prAuc, golden.prAuc);
    expectClose(actual.logLoss, golden.logLoss);
    expectClose(actual.brier, golden.brier);
  });

  it('confusion matrix', () => {
    expect(confusionMatrix(labels, probabilities, threshold)).toEqual(golden.confusion);
  });

  it('best F1 over all thresholds, which its threshold attains', () => {
    const best = bestF1Threshold(labels, probabilities);
    expectClose(best?.f1 ?? null, golden.bestF1);
    if (!best) return;
    expectClose(scores(labels, probabilities, { threshold: best.threshold, averaging: 'binary' }).f1, best.f1);
  });
});

it('the golden cases cover undefined metrics', () => {
  expect(cases.filter(({ rocAuc }) => rocAuc === null).length).toBeGreaterThanOrEqual(4);
  expect(cases.filter(({ prAuc }) => prAuc === null).length).toBeGreaterThanOrEqual(2);
});
