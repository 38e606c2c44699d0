import { evaluate } from '@perennial/classification-metrics';
import { ThreadedMetrics } from './threaded.metrics';

const scored = {
  labels: Float64Array.of(1, 0, 1, 0, 1, 0),
  probabilities: Float64Array.of(0.9, 0.2, 0.4, 0.6, 0.7, 0.1),
};
const options = { threshold: 0.5, averaging: 'binary' as const, seed: 7, resamples: 20 };
const running = () => new AbortController().signal;

it('gives what the library gives, from a thread', async () => {
  const expected = evaluate(scored.labels, scored.probabilities, options).metrics;
  expect(await new ThreadedMetrics().evaluate(scored, options, running())).toEqual(expected);
});

it('passes errors of the thread on', async () => {
  const broken = { ...scored, labels: Float64Array.of(1, 0, 2, 0, 1, 0) };
  await expect(new ThreadedMetrics().evaluate(broken, options, running())).rejects.toThrow();
});

it('ends with the signal', async () => {
  await expect(new ThreadedMetrics().evaluate(scored, options, AbortSignal.abort())).rejects.toThrow('ended with');
});

it('has no score for no rows', async () => {
  const empty = { labels: new Float64Array(0), probabilities: new Float64Array(0) };
  expect((await new ThreadedMetrics().evaluate(empty, options, running())).f1.value).toBeNull();
});
