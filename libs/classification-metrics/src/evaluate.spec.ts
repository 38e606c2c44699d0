import fc from 'fast-check';
import { bestF1Threshold, bootstrap, evaluate, METRIC_NAMES, scores, type Averaging, type MetricName } from './index';

const AVERAGINGS: Averaging[] = ['binary', 'macro', 'micro', 'weighted'];
const rows = fc.array(
  fc.tuple(
    fc.integer({ min: 0, max: 1 }),
    fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 0.25, 0.5, 1)),
  ),
  { minLength: 1, maxLength: 60 },
);
const split = (pairs: [number, number][]) => [pairs.map(([label]) => label), pairs.map(([, p]) => p)] as const;

/** Fixed rows of a middling model: every fourth is positive and scores somewhat higher. */
const LABELS = Array.from({ length: 400 }, (_, row) => (row % 4 === 0 ? 1 : 0));
const PROBABILITIES = LABELS.map((label, row) => (((row * 7919) % 1000) / 1000) * 0.7 + label * 0.2);
const OPTIONS = { threshold: 0.4, averaging: 'binary', resamples: 200, seed: 7 } as const;

describe('evaluate', () => {
  it('gives every metric with an interval around it, the same for the same seed', () => {
    const evaluation = evaluate(LABELS, PROBABILITIES, OPTIONS);
    expect(evaluation).toMatchObject({ rows: 400, positives: 100, threshold: 0.4, averaging: 'binary' });
    expect(Object.keys(evaluation.metrics)).toEqual([...METRIC_NAMES]);
    for (const name of METRIC_NAMES) {
      const { value, low, high } = evaluation.metrics[name] as { value: number; low: number; high: number };
      expect(low).toBeLessThan(value);
      expect(high).toBeGreaterThan(value);
    }
    expect(evaluate(LABELS, PROBABILITIES, OPTIONS)).toEqual(evaluation);
    expect(evaluate(LABELS, PROBABILITIES, { ...OPTIONS, seed: 8 })).not.toEqual(evaluation);
  });

  it.each(AVERAGINGS)('agrees with a bootstrap of each metric by itself, %s, stratified or not', (averaging) => {
    for (const stratified of [false, true]) {
      const options = { ...OPTIONS, averaging, stratified, resamples: 40 };
      const { metrics } = evaluate(LABELS, PROBABILITIES, options);
      for (const name of METRIC_NAMES) {
        const metric = (labels: ArrayLike<number>, p: ArrayLike<number>) => scores(labels, p, options)[name];
        const expected = bootstrap(metric, LABELS, PROBABILITIES, options);
        expect(metrics[name].low).toBeCloseTo(expected.low as number, 12);
        expect(metrics[name].value).toBeCloseTo(expected.value as number, 12);
        expect(metrics[name].high).toBeCloseTo(expected.high as number, 12);
      }
    }
  });

  it('has an interval of accuracy as wide as the binomial says', () => {
    const { accuracy } = evaluate(LABELS, PROBABILITIES, { ...OPTIONS, resamples: 2000 }).metrics;
    const value = accuracy.value as number;
    const expected = 2 * 1.96 * Math.sqrt((value * (1 - value)) / 400);
    const width = (accuracy.high as number) - (accuracy.low as number);
    expect(Math.abs(width / expected - 1)).toBeLessThan(0.1);
  });

  it('narrows with lower confidence', () => {
    const width = (confidence: number) => {
      const { low, high } = evaluate(LABELS, PROBABILITIES, { ...OPTIONS, confidence }).metrics.f1;
      return (high as number) - (low as number);
    };
    expect(width(0.5)).toBeLessThan(width(0.9));
    expect(() => width(1)).toThrow('confidence');
  });

  it('keeps class counts in stratified resamples', () => {
    const positives = (labels: Float64Array) => labels.reduce((sum, label) => sum + label, 0);
    const interval = bootstrap(positives, LABELS, PROBABILITIES, { seed: 1, resamples: 50, stratified: true });
    expect(interval).toEqual({ value: 100, low: 100, high: 100 });
  });

  it('says null where one class makes a metric undefined', () => {
    const { metrics } = evaluate([0, 0, 0], [0.1, 0.2, 0.3], OPTIONS);
    const undefinedMetric = { value: null, low: null, high: null };
    expect(metrics).toMatchObject({ f1: undefinedMetric, precision: undefinedMetric, recall: undefinedMetric });
    expect(metrics).toMatchObject({ rocAuc: undefinedMetric, prAuc: undefinedMetric });
    expect(metrics.accuracy).toEqual({ value: 1, low: 1, high: 1 });
  });

  it.each([
    [[], [], 'METRICS_EMPTY', 'no rows'],
    [[1], [0.5, 0.5], 'METRICS_LENGTH_MISMATCH', '1 labels but 2 probabilities'],
    [[1, 0], [0.5, NaN], 'METRICS_INVALID_VALUE', 'row 1: probability NaN must be within 0 and 1'],
    [[1, 0], [0.5, 1.01], 'METRICS_INVALID_VALUE', 'row 1: probability 1.01'],
    [[1, NaN], [0.5, 0.5], 'METRICS_INVALID_VALUE', 'row 1: label NaN must be 0 or 1'],
    [[2], [0.5], 'METRICS_INVALID_VALUE', 'row 0: label 2'],
  ])('refuses %j %j', (labels, probabilities, code, message) => {
    const evaluating = () => evaluate(labels, probabilities, OPTIONS);
    expect(evaluating).toThrow(message);
    expect(evaluating).toThrow(expect.objectContaining({ code, retryable: false }));
    expect(() => bestF1Threshold(labels, probabilities)).toThrow(message);
  });
});

describe('scores', () => {
  const threshold = 0.5;

  it('lie within their bounds and do not depend on the order of the rows', () => {
    fc.assert(
      fc.property(rows, fc.constantFrom(...AVERAGINGS), (pairs, averaging) => {
        const forward = scores(...split(pairs), { threshold, averaging });
        const backward = scores(...split(pairs.toReversed()), { threshold, averaging });
        for (const name of METRIC_NAMES) {
          const [a, b] = [forward[name], backward[name]];
          if (a === null || b === null) expect(a).toBe(b);
          else {
            expect(Math.abs(a - b)).toBeLessThan(1e-9);
            expect(a >= 0 && (name === 'logLoss' || a <= 1 + 1e-12)).toBe(true);
          }
        }
      }),
    );
  });

  it('ROC-AUC is the share of pairs in the right order, half for a tie', () => {
    fc.assert(
      fc.property(rows, (pairs) => {
        const { rocAuc } = scores(...split(pairs), { threshold, averaging: 'binary' });
        const [positive, negative] = [1, 0].map((label) => pairs.filter(([own]) => own === label).map(([, p]) => p));
        const wins = positive!.flatMap((p) => negative!.map((q) => (p > q ? 1 : p === q ? 0.5 : 0)));
        if (wins.length === 0) expect(rocAuc).toBeNull();
        else expect(rocAuc).toBeCloseTo(wins.reduce<number>((sum, win) => sum + win, 0) / wins.length, 12);
      }),
    );
  });

  it('no threshold beats the best', () => {
    fc.assert(
      fc.property(rows, fc.double({ min: 0, max: 1, noNaN: true }), (pairs, other) => {
        const best = bestF1Threshold(...split(pairs));
        const f1At = (at: number) =>
          scores(...split(pairs), { threshold: at, averaging: 'binary' })['f1' satisfies MetricName];
        if (best === null) return pairs.every(([label]) => label === 0);
        return f1At(best.threshold) === best.f1 && (f1At(other) ?? 0) <= best.f1;
      }),
    );
  });
});
