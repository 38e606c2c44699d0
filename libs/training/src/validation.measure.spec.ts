import { measureValidation } from './validation.measure';

const measure = (probabilities: number[], labels: number[]) =>
  measureValidation(Float32Array.from(probabilities), Int32Array.from(labels));

function tune(probabilities: number[], labels: number[]) {
  const { threshold, f1 } = measure(probabilities, labels);
  return { threshold, f1: f1 as number };
}

describe('the tuned threshold', () => {
  it('separates what can be separated, midway', () => {
    expect(tune([0.25, 0.75, 0.125, 0.5], [0, 1, 0, 1])).toEqual({ threshold: 0.375, f1: 1 });
  });

  it('takes the middle of equally good ones', () => {
    // Predicting 1, 3 or 5 rows positive gives F1 2/(1+3), 4/(3+3), 6/(5+3): the last is best alone.
    expect(tune([0.9, 0.8, 0.7, 0.6, 0.5], [1, 0, 1, 0, 1]).f1).toBeCloseTo(6 / 8);
    // Hits after 1 and 4 rows: F1 2/(1+2) and 4/(4+2) tie; the upper of two middles comes second in descending order.
    expect(tune([0.875, 0.75, 0.5, 0.25], [1, 0, 0, 1])).toEqual({ threshold: 0.125, f1: 2 / 3 });
  });

  it('never cuts between equal probabilities', () => {
    const { threshold, f1 } = tune([0.5, 0.5, 0.25], [1, 0, 0]);
    expect(threshold).toBe(0.375);
    expect(f1).toBeCloseTo(2 / 3);
  });

  it('is 0.5 without positive labels', () => {
    expect(tune([0.1, 0.9], [0, 0])).toEqual({ threshold: 0.5, f1: 0 });
  });

  it('is no worse than any other threshold', () => {
    const probabilities = Array.from({ length: 200 }, (_, i) => ((i * 7919) % 200) / 200);
    const labels = probabilities.map((p, i) => (p + ((i * 31) % 17) / 17 > 1.1 ? 1 : 0));
    const f1At = (threshold: number) => {
      const hits = labels.filter((label, i) => label === 1 && Math.fround(probabilities[i]!) >= threshold).length;
      const predicted = probabilities.filter((p) => Math.fround(p) >= threshold).length;
      return (2 * hits) / (predicted + labels.filter((label) => label === 1).length);
    };
    const { threshold, f1 } = tune(probabilities, labels);
    expect(f1At(threshold)).toBeCloseTo(f1, 12);
    expect(Math.max(...Array.from({ length: 1001 }, (_, i) => f1At(i / 1000)))).toBeLessThanOrEqual(f1 + 1e-12);
  });
});

it('counts pairs for the area under the ROC curve, ties half', () => {
  expect(measure([0.1, 0.4, 0.35, 0.8], [0, 0, 1, 1]).rocAuc).toBe(0.75);
  expect(measure([0.5, 0.5], [0, 1]).rocAuc).toBe(0.5);
  expect(measure([0.5, 0.6], [1, 1]).rocAuc).toBeNull();
});

it('keeps the log loss finite for certain but wrong predictions', () => {
  const { logLoss } = measureValidation(Float32Array.of(0, 1), Int32Array.of(1, 0));
  expect(logLoss).toBeCloseTo(-Math.log(1e-7), 6);
});
