import { Registry } from 'prom-client';
import { PrometheusServingMetrics } from './prometheus.serving.metrics';

const run = { rows: 3, queuedMs: 2, computeMs: 0.5, waitingRows: 4 };

it('counts by model and version, however often it is asked', async () => {
  const registry = new Registry();
  const metrics = new PrometheusServingMetrics(registry);
  metrics.succeeded('credit', 'v1', 2, 0.004);
  metrics.succeeded('credit', 'v1', 1, 0.001);
  metrics.succeeded('credit', 'v2', 1, 0.001);
  metrics.ran('credit', 'v1', run);
  metrics.ran('credit', 'v1', { ...run, waitingRows: 0 });
  metrics.failed('credit', 'v1', 'OVERLOADED');
  await registry.metrics();
  const text = await registry.metrics();
  const value = (name: string, version = 'v1') =>
    Number(new RegExp(`^${name}\\{model="credit",version="${version}"[^}]*\\} (.*)$`, 'm').exec(text)?.[1]);
  const names = ['request_success', 'count', 'exec_count', 'request_duration_us', 'queue_duration_us'];
  expect(names.map((name) => value(`nv_inference_${name}`))).toEqual([2, 3, 2, 5_000, 4_000]);
  expect(value('nv_inference_compute_infer_duration_us')).toBe(1_000);
  expect(value('nv_inference_pending_request_count')).toBe(0);
  expect(value('nv_inference_request_success', 'v2')).toBe(1);
  expect(value('nv_inference_request_failure')).toBe(1);
  expect(value('perennial_inference_request_duration_seconds_count')).toBe(2);
  expect(value('perennial_inference_batch_rows_sum')).toBe(6);
});
