import { LATENCY_BOUNDS_MS } from '@perennial/contracts';
import { ArmCounts, ShadowCounts } from './arm.counts';

describe('what an arm has answered', () => {
  it('is counted by latency and score', () => {
    const counts = new ArmCounts();
    counts.answered(0.1, Float64Array.of(0, 0.049, 0.05, 1));
    counts.answered(0.11, Float64Array.of(0.5));
    counts.answered(1e9, new Float64Array(0));
    counts.failed();
    const { requests, errors, rows, latency, scores } = counts.report();
    expect([requests, errors, rows]).toEqual([4, 1, 5]);
    expect([latency[0], latency[1], latency[LATENCY_BOUNDS_MS.length]]).toEqual([1, 1, 1]);
    expect([scores[0], scores[1], scores[10], scores[19]]).toEqual([2, 1, 1, 1]);
  });

  it('puts every latency into the bin whose bound is the first not below it', () => {
    for (const [bin, bound] of LATENCY_BOUNDS_MS.entries()) {
      const counts = new ArmCounts();
      counts.answered(bound, new Float64Array(0));
      counts.answered(bound + 1e-9, new Float64Array(0));
      expect([counts.latency[bin], counts.latency[bin + 1]]).toEqual([1, 1]);
    }
  });
});

it('a shadow is compared by distance and by class, each with its own threshold', () => {
  const counts = new ShadowCounts();
  counts.compare(Float64Array.of(0.6, 0.2), 0.7, Float64Array.of(0.5, 0.4), 0.5);
  const { compared, disagreements, distance } = counts.report();
  expect([compared, disagreements]).toEqual([2, 1]);
  expect(distance).toBeCloseTo(0.3, 12);
});
