import { LATENCY_BOUNDS_MS } from '@perennial/contracts';
import { declared } from '../testing/deployment.examples';
import { f1Of, percentileMs, slowerThan, stabilityIndex, wilsonLower } from './arm.statistics';
import { judge, type Observed } from './guardrails';

const { guardrails } = declared();
const labels = (tp: number, fp: number, tn: number, fn: number) => ({
  ...{ truePositives: tp, falsePositives: fp, trueNegatives: tn, falseNegatives: fn },
});
const binOf = (ms: number) => LATENCY_BOUNDS_MS.findIndex((bound) => bound >= ms);

/** So many requests of one row, all answered within a millisecond but the slow ones. */
function observed(requests: number, changes: Partial<Observed> & { slow?: number } = {}): Observed {
  const { slow = 0, ...rest } = changes;
  const latency = new Array<number>(LATENCY_BOUNDS_MS.length + 1).fill(0);
  const errors = rest.errors ?? 0;
  latency[binOf(1)] = requests - errors - slow;
  latency[binOf(50)] = slow;
  const scores = new Array<number>(20).fill(0).map((_, bin) => (bin < 4 ? (requests - errors) / 4 : 0));
  return { requests, errors, rows: requests - errors, latency, scores, labels: labels(0, 0, 0, 0), ...rest };
}
const breaches = (stable: Observed, candidate: Observed) =>
  judge(guardrails, stable, candidate)
    .filter(({ breached }) => breached)
    .map(({ rule }) => rule);

/** A stream of numbers from 0 up to 1 (mulberry32). */
function stream(seed: number) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

describe('statistics of arms', () => {
  it('Wilson: 10 of 100 is surely more than 5.52 %, at 95 % on both sides', () => {
    expect(wilsonLower(10, 100, 1.959964)).toBeCloseTo(0.0552, 4);
    expect(wilsonLower(0, 50, 3)).toBe(0);
    expect(wilsonLower(0, 0, 3)).toBe(0);
  });

  it('the stability index is zero for the same shares, symmetric, and that of its definition for many', () => {
    const a = [5_000, 3_000, 2_000];
    const b = [2_000, 3_000, 5_000];
    expect(
      stabilityIndex(
        a,
        a.map((count) => count * 2),
      ),
    ).toBeLessThan(1e-6);
    expect(stabilityIndex(a, b)).toBeCloseTo(stabilityIndex(b, a), 12);
    // 2 · 0.3 · ln 2.5
    expect(stabilityIndex(a, b)).toBeCloseTo(0.5497744, 3);
  });

  it('percentiles are the bound of their bin; what is slower begins there', () => {
    const { latency } = observed(1_000, { slow: 20 });
    expect(percentileMs(latency, 0.5)).toBe(LATENCY_BOUNDS_MS[binOf(1)]);
    expect(percentileMs(latency, 0.99)).toBe(LATENCY_BOUNDS_MS[binOf(50)]);
    expect([slowerThan(latency, 2), slowerThan(latency, 60)]).toEqual([20, 0]);
    expect(percentileMs(new Array<number>(53).fill(0), 0.5)).toBeNull();
  });

  it('F1 is undefined without positives', () => {
    expect(f1Of(labels(0, 0, 9, 0))).toBeNull();
    expect(f1Of(labels(6, 2, 0, 4))).toBeCloseTo(12 / 18, 12);
  });
});

describe('guardrails', () => {
  it('let an equal version pass, and say nothing of what nobody has seen', () => {
    expect(breaches(observed(10_000), observed(500))).toEqual([]);
    expect(judge(guardrails, observed(0), observed(0))).toEqual([]);
  });

  it('see errors at once where there are many, and not in one by chance', () => {
    expect(breaches(observed(10_000), observed(20, { errors: 20 }))).toContain('error-share');
    expect(breaches(observed(10_000), observed(20, { errors: 1 }))).toEqual([]);
    expect(breaches(observed(10_000), observed(2_000, { errors: 100 }))).toContain('error-share');
  });

  it('forgive errors that the old version has as well: those are of the requests', () => {
    expect(breaches(observed(10_000, { errors: 1_000 }), observed(500, { errors: 50 }))).toEqual([]);
  });

  it('see a p99 that is out of proportion', () => {
    expect(breaches(observed(10_000), observed(1_000, { slow: 60 }))).toEqual(['latency-p99']);
    expect(breaches(observed(10_000), observed(1_000, { slow: 10 }))).toEqual([]);
    expect(breaches(observed(50), observed(1_000, { slow: 60 }))).toEqual([]);
  });

  it('see other scores, and few of the same not', () => {
    const turned = observed(1_000);
    turned.scores.reverse();
    expect(breaches(observed(10_000), turned)).toEqual(['score-distance']);
    for (let seed = 0; seed < 200; seed += 1) {
      const random = stream(seed);
      const draw = (rows: number) => {
        const scores = new Array<number>(20).fill(0);
        for (let row = 0; row < rows; row += 1) {
          const bin = Math.floor(random() ** 2 * 20);
          scores[bin] = (scores[bin] ?? 0) + 1;
        }
        return observed(rows, { scores });
      };
      expect(breaches(draw(2_000), draw(100))).toEqual([]);
    }
  });

  it('compare F1 once both have labels enough', () => {
    const good = labels(80, 20, 100, 20);
    const bad = labels(40, 60, 60, 60);
    const judged = (stable: object, candidate: object) =>
      breaches(observed(5_000, { labels: stable as never }), observed(500, { labels: candidate as never }));
    expect(judged(good, bad)).toEqual(['live-f1']);
    expect(judged(bad, good)).toEqual([]);
    expect(judged(good, labels(10, 15, 15, 15))).toEqual([]);
  });

  it('are off where they are null', () => {
    const off = { ...guardrails, errorShare: null, p99Ratio: null, scoreDistance: null, f1Drop: null };
    expect(judge(off, observed(1_000), observed(1_000, { errors: 900 }))).toEqual([]);
  });
});
