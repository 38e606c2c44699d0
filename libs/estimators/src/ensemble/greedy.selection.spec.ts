import { bestF1Threshold, scores } from '@perennial/classification-metrics';
import fc from 'fast-check';
import { type EnsembleMetric, selectEnsemble } from './greedy.selection';

const labels = Int32Array.of(1, 1, 0, 0);
const of = (...values: number[]) => Float32Array.from(values);

it('joins two that err on different rows, and leaves out what makes it worse', () => {
  const candidates = [of(0.9, 0.4, 0.1, 0.5), of(0.4, 0.9, 0.5, 0.1), of(0.2, 0.2, 0.9, 0.9)];
  expect(selectEnsemble(candidates, labels, { size: 2, metric: 'rocAuc' })).toEqual([1, 1, 0]);
});

it('adds the same one again where that is better', () => {
  const candidates = [of(0.8, 0.8, 0.2, 0.3), of(0.9, 0.9, 0.6, 0.1)];
  // The mean of squares is not the issue: log loss of w·a + (1 − w)·b by hand over w = 1, 1/2, 2/3, 3/4.
  const loss = (w: number) =>
    labels.reduce((sum, label, row) => {
      const p = w * (candidates[0]![row] as number) + (1 - w) * (candidates[1]![row] as number);
      return sum - Math.log(label === 1 ? p : 1 - p);
    }, 0);
  const counts = selectEnsemble(candidates, labels, { size: 8, metric: 'logLoss' });
  const share = (counts[0] as number) / (counts[0]! + counts[1]!);
  expect(counts[0]).toBeGreaterThan(counts[1] as number);
  for (const other of [0, 0.25, 0.5, 1]) expect(loss(share)).toBeLessThanOrEqual(loss(other));
});

it('is the one best candidate where no mean is better', () => {
  const candidates = [of(0.3, 0.4, 0.5, 0.6), of(0.9, 0.8, 0.2, 0.1)];
  expect(selectEnsemble(candidates, labels, { size: 5, metric: 'f1' })).toEqual([0, 1]);
});

const valueOf = (metric: EnsembleMetric, truth: Int32Array, p: Float64Array) => {
  if (metric === 'f1') return bestF1Threshold(truth, p)?.f1 ?? -Infinity;
  const { rocAuc, logLoss } = scores(truth, p, { threshold: 0.5, averaging: 'binary' });
  return metric === 'rocAuc' ? (rocAuc ?? -Infinity) : -(logLoss ?? Infinity);
};

it('is never worse than the best candidate on the rows it was chosen on', () => {
  const some = fc.integer({ min: 2, max: 20 }).chain((rows) => {
    const exactly = { minLength: rows, maxLength: rows };
    const p = fc.float32Array({ min: 0, max: 1, noNaN: true, ...exactly });
    return fc.record({
      truth: fc.array(fc.constantFrom(0, 1), exactly).map((values) => Int32Array.from([1, 0, ...values.slice(2)])),
      candidates: fc.array(p, { minLength: 1, maxLength: 4 }),
    });
  });
  const metrics = fc.constantFrom<EnsembleMetric>('f1', 'rocAuc', 'logLoss');
  fc.assert(
    fc.property(some, metrics, fc.integer({ min: 1, max: 6 }), ({ truth, candidates }, metric, size) => {
      const counts = selectEnsemble(candidates, truth, { size, metric });
      const total = counts.reduce((sum, count) => sum + count, 0);
      expect(total).toBeGreaterThanOrEqual(1);
      expect(total).toBeLessThanOrEqual(size);
      const mean = Float64Array.from(truth, (_, row) =>
        counts.reduce((sum, count, index) => sum + (count / total) * (candidates[index]![row] as number), 0),
      ).map((value) => Math.min(value, 1));
      const best = Math.max(...candidates.map((each) => valueOf(metric, truth, Float64Array.from(each))));
      expect(valueOf(metric, truth, mean)).toBeGreaterThanOrEqual(best - 1e-9);
    }),
  );
});
