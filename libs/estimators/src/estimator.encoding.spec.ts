import fc from 'fast-check';
import { decodeEstimator, encodeEstimator } from './estimator.encoding';
import type { FittedEstimator } from './fitted.estimator';
import { regression, trees } from './testing/shape.models';

const score = fc.option(fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0));
const round = fc.record({
  epoch: fc.integer({ min: 1, max: 2000 }),
  trainLoss: fc.double({ min: 0, max: 10, noNaN: true }).map((value) => value + 0),
  validationLogLoss: score,
  validationRocAuc: score,
  validationF1: score,
  seconds: fc.nat(),
});
const estimators: fc.Arbitrary<FittedEstimator> = fc.record({
  model: fc.constantFrom(regression, trees),
  checkpoint: fc.uint8Array({ maxLength: 300 }),
  history: fc.array(round, { maxLength: 3 }),
  round: fc.nat(),
  validation: fc.record({ logLoss: score, rocAuc: score, f1: score }),
  validationProbabilities: fc.float32Array({ min: 0, max: 1, noNaN: true, maxLength: 30 }),
  decisionThreshold: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
  seconds: fc.nat(),
  rowsPerSecond: fc.nat(),
});

it('comes back as it was, from any place in memory', () => {
  fc.assert(
    fc.property(estimators, fc.nat({ max: 7 }), (estimator, shift) => {
      const bytes = encodeEstimator(estimator);
      const elsewhere = new Uint8Array(bytes.length + shift);
      elsewhere.set(bytes, shift);
      expect(decodeEstimator(elsewhere.subarray(shift))).toEqual(estimator);
    }),
  );
});

it('has bytes of its own for every origin', () => {
  fc.assert(
    fc.property(estimators, fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 2 }), (estimator, origins) => {
      const [one, other] = origins.map((origin) => encodeEstimator({ ...estimator, origin })) as [
        Uint8Array,
        Uint8Array,
      ];
      expect(Buffer.compare(one, other)).not.toBe(0);
      expect(decodeEstimator(other)).toEqual(estimator);
    }),
  );
});

it('refuses what was cut anywhere', () => {
  fc.assert(
    fc.property(estimators, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (estimator, share) => {
      const bytes = encodeEstimator(estimator);
      const cut = () => decodeEstimator(bytes.subarray(0, Math.floor(share * bytes.length)));
      expect(cut).toThrow(expect.objectContaining({ code: 'training.invalid-checkpoint' }));
    }),
  );
});
