import { ensembleMembers, joinEstimators } from './joined.model';

const labels = Int32Array.from({ length: 200 }, (_, row) => (row % 4 === 0 ? 1 : 0));
/** Sure of the positive rows of one half only; probabilities far too high. */
const trained = (half: number) => ({
  checkpoint: Uint8Array.of(half),
  validationProbabilities: Float32Array.from(labels, (label, row) => {
    const noise = ((row * 37) % 100) / 1000;
    return label === 1 && (row >> 2) % 2 === half ? 0.9 + noise / 10 : 0.6 + noise;
  }),
});
const [left, right] = [trained(0), trained(1)];

it('measures what would be served: the threshold is of the calibrated probabilities', () => {
  const plain = joinEstimators([{ estimator: left, weight: 1 }], labels, 'none');
  const scaled = joinEstimators([{ estimator: left, weight: 1 }], labels, 'sigmoid');
  expect(plain.calibration).toEqual({ method: 'none' });
  expect(scaled.validation.f1).toBe(plain.validation.f1);
  expect(scaled.validation.rocAuc).toBeCloseTo(plain.validation.rocAuc as number, 12);
  expect(scaled.validation.logLoss).toBeLessThan((plain.validation.logLoss as number) - 0.1);
  expect(scaled.decisionThreshold).toBeLessThan(plain.decisionThreshold);
});

it('joins models of which each knows what the other does not', () => {
  const members = ensembleMembers([left, right], labels, { size: 4, metric: 'f1' });
  expect(members?.map(({ estimator }) => estimator)).toEqual([left, right]);
  const joined = joinEstimators(members!, labels, 'sigmoid');
  const alone = joinEstimators([{ estimator: left, weight: 1 }], labels, 'sigmoid');
  expect(joined.validation.f1).toBeGreaterThan((alone.validation.f1 as number) + 0.1);
});

it('is no ensemble of one, nor without rows to judge it by', () => {
  expect(ensembleMembers([left], labels, { size: 4, metric: 'f1' })).toBeNull();
  expect(ensembleMembers([left, right], new Int32Array(0), { size: 4, metric: 'f1' })).toBeNull();
});

it('is not calibrated without validation rows', () => {
  const none = { checkpoint: Uint8Array.of(1), validationProbabilities: new Float32Array(0) };
  expect(joinEstimators([{ estimator: none, weight: 1 }], new Int32Array(0), 'sigmoid')).toMatchObject({
    calibration: { method: 'none' },
    decisionThreshold: 0.5,
    validation: { f1: null, logLoss: null },
  });
});
