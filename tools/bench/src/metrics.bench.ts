import { evaluate, type Evaluation, METRIC_NAMES, type MetricName } from '@perennial/classification-metrics';
import { BenchError } from './bench.error';
import type { Benchmark } from './benchmark';
import { seededNumbers } from './documented.model';

const ROWS = 900;
const RESAMPLES = 1000;
const THRESHOLD = 0.5;
const SAME_VALUE = 1e-9;
/** Bounds come from other random numbers on each side: they agree to a few hundredths. */
const SAME_BOUND = 0.05;

type PeerMetrics = Record<MetricName, readonly [value: number, low: number, high: number]>;

/** Probabilities that lean towards the label, so that no metric is at an end of its range. */
function judgedRows(): { labels: number[]; probabilities: number[] } {
  const random = seededNumbers(3);
  const labels = Array.from({ length: ROWS }, () => (random() < 0.25 ? 1 : 0));
  return { labels, probabilities: labels.map((label) => 0.7 * random() + 0.3 * (label * 0.6 + random() * 0.4)) };
}

function checkSame({ metrics: ours }: Evaluation, theirs: PeerMetrics): void {
  const differences = METRIC_NAMES.flatMap((name) => {
    const pairs = [ours[name].value, ours[name].low, ours[name].high].map((value, at) => ({
      apart: Math.abs((value ?? NaN) - theirs[name][at]!),
      allowed: at === 0 ? SAME_VALUE : SAME_BOUND,
    }));
    return pairs.every(({ apart, allowed }) => apart <= allowed) ? [] : [name];
  });
  if (differences.length === 0) return;
  const message = `the two sides disagree on ${differences.join(', ')}`;
  throw new BenchError('bench.disagreement', message, { ours, theirs });
}

export const metrics: Benchmark = {
  name: 'metrics',
  title: `eight metrics of ${ROWS} rows with intervals from ${RESAMPLES} bootstrap resamples, against scikit-learn`,
  rounds: 5,
  peer: { script: 'evaluate_metrics.py', packages: ['scikit-learn', 'scipy', 'numpy'] },
  open: async (peer) => {
    const { labels, probabilities } = judgedRows();
    const options = { threshold: THRESHOLD, averaging: 'binary', resamples: RESAMPLES, seed: 11 } as const;
    await peer.request('prepare', { labels, probabilities, threshold: THRESHOLD, resamples: RESAMPLES });
    type Reply = { milliseconds: number; values: PeerMetrics };
    checkSame(evaluate(labels, probabilities, options), (await peer.request<Reply>('evaluate')).values);
    const ours = async () => {
      const started = performance.now();
      evaluate(labels, probabilities, options);
      return performance.now() - started;
    };
    const peers = [
      {
        name: `numpy, and scikit-learn ${peer.versions['scikit-learn']} for both areas`,
        measure: async () => (await peer.request<Reply>('evaluate')).milliseconds,
      },
    ];
    const name = `evaluate ${ROWS} rows × ${RESAMPLES} resamples`;
    return { contests: [{ name, unit: 'ms', ours, peers }], close: () => Promise.resolve() };
  },
};
