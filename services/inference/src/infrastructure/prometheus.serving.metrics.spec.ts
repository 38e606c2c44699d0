import { Registry } from 'prom-client';
import { PrometheusServingMetrics } from './prometheus.serving.metrics';

const run = { rows: 3, queuedMs: 2, computeMs: 0.5, waitingRows: 4 };

function counted() {
  const registry = new Registry();
  let now = 0;
  const metrics = new PrometheusServingMetrics(registry, () => (now += 1_000));
  metrics.succeeded('credit', 'v1', 'stable', 2, 0.004);
  metrics.succeeded('credit', 'v1', 'stable', 1, 0.001);
  metrics.succeeded('credit', 'v1', 'other', 5, 0.002);
  metrics.succeeded('credit', 'v2', 'canary', 1, 0.001);
  metrics.ran('credit', 'v1', run);
  metrics.ran('credit', 'v1', { ...run, waitingRows: 0 });
  metrics.failed('credit', 'v1', 'stable', 'OVERLOADED');
  metrics.cacheUsed('credit', 'v1', { hit: true, milliseconds: 0.5 });
  metrics.cacheUsed('credit', 'v1', { hit: false, milliseconds: 2 });
  metrics.cacheUsed('credit', 'v1', { hit: true, milliseconds: 0.25 });
  return { registry, metrics };
}

it('counts by model, version and arm, however often it is asked', async () => {
  const { registry } = counted();
  await registry.metrics();
  const text = await registry.metrics();
  const value = (name: string, labels: string) =>
    Number(new RegExp(`^${name}\\{model="credit",${labels}[^}]*\\} (.*)$`, 'm').exec(text)?.[1]);
  const [stable, other, canary, first] = [
    ...['version="v1",arm="stable"', 'version="v1",arm="other"', 'version="v2",arm="canary"', 'version="v1"'],
  ] as [string, string, string, string];
  const answered = ['request_success', 'count', 'request_duration_us'].map((name) => `nv_inference_${name}`);
  expect(answered.map((name) => value(name, stable))).toEqual([2, 3, 5_000]);
  expect(answered.map((name) => value(name, other))).toEqual([1, 5, 2_000]);
  expect(value('nv_inference_request_success', canary)).toBe(1);
  expect(value('nv_inference_request_failure', `${stable},reason="OVERLOADED"`)).toBe(1);
  expect(value('perennial_inference_request_duration_seconds_count', stable)).toBe(2);
  const runs = ['exec_count', 'queue_duration_us', 'compute_infer_duration_us', 'pending_request_count'];
  expect(runs.map((name) => value(`nv_inference_${name}`, first))).toEqual([2, 4_000, 1_000, 0]);
  const cache = ['num_hits', 'num_misses', 'hit_duration', 'miss_duration'].map((name) => `nv_cache_${name}_per_model`);
  expect(cache.map((name) => value(name, first))).toEqual([2, 1, 750, 2_000]);
  expect(text).not.toMatch(/nv_cache.*version="v2"/);
  expect(value('perennial_inference_batch_rows_sum', first)).toBe(6);
});

it('tells of one version what its arms have answered together', () => {
  const { metrics } = counted();
  const runs = { runs: 2, queuedSeconds: 0.004, computeSeconds: 0.001 };
  expect(metrics.of('credit', 'v1')).toEqual({
    requests: 3,
    failures: 1,
    rows: 8,
    seconds: 0.007,
    lastAt: 3_000,
    cacheHits: { count: 2, seconds: 0.00075 },
    cacheMisses: { count: 1, seconds: 0.002 },
    ...runs,
  });
  expect(metrics.of('credit', 'v3')).toMatchObject({ requests: 0, failures: 0, lastAt: 0, runs: 0 });
});
