import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ServedCounts, ServedRequests, ServingMetrics } from '../application/ports';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

type Readable = Pick<Counter, 'get'> | Pick<Histogram, 'get'>;
/** A histogram gives its buckets, sum and count as one list. */
type Named = object & { metricName?: string };

/** Under the names that dashboards of inference servers know (`nv_inference_*`), where these have the meaning. */
export class PrometheusServingMetrics implements ServingMetrics, ServedCounts {
  private readonly success: Counter;
  private readonly failure: Counter;
  private readonly rows: Counter;
  private readonly duration: Histogram;
  private readonly info: Gauge;
  private readonly dropped: Counter;
  private readonly lastAt = new Map<string, number>();

  constructor(
    registry: Registry,
    private readonly now: () => number,
  ) {
    const registers = [registry];
    const labelNames = ['model', 'version'];
    const counter = (name: string, help: string, names = labelNames) =>
      new Counter({ name, help, labelNames: names, registers });
    this.success = counter('nv_inference_request_success', 'Requests that were answered');
    this.failure = counter('nv_inference_request_failure', 'Requests that failed', [...labelNames, 'reason']);
    this.rows = counter('nv_inference_count', 'Rows that were predicted');
    this.duration = new Histogram({
      name: 'perennial_inference_request_duration_seconds',
      help: 'From the parsed request to the answer, waiting in the queue included',
      labelNames,
      buckets: SECONDS,
      registers,
    });
    this.info = new Gauge({
      name: 'perennial_model_info',
      help: '1 for the version that answers',
      labelNames,
      registers,
    });
    this.dropped = counter(
      'perennial_prediction_log_dropped_total',
      'Predictions that were answered, but not logged',
      [],
    );
  }

  succeeded(model: string, version: string, rows: number, seconds: number): void {
    this.success.inc({ model, version });
    this.rows.inc({ model, version }, rows);
    this.duration.observe({ model, version }, seconds);
    this.lastAt.set(`${model} ${version}`, this.now());
  }

  async of(model: string, version: string): Promise<ServedRequests> {
    const sum = async (metric: Readable, suffix = ''): Promise<number> =>
      (await metric.get()).values
        .filter(({ labels }) => labels.model === model && labels.version === version)
        .filter((value: Named) => (value.metricName ?? '').endsWith(suffix))
        .reduce((total, { value }) => total + value, 0);
    return {
      requests: await sum(this.success),
      failures: await sum(this.failure),
      rows: await sum(this.rows),
      seconds: await sum(this.duration, '_sum'),
      lastAt: this.lastAt.get(`${model} ${version}`) ?? 0,
    };
  }

  failed(model: string, version: string, reason: string): void {
    this.failure.inc({ model, version, reason });
  }

  serving(model: string, version: string | null, previous: string | null): void {
    if (previous !== null && previous !== version) this.info.remove({ model, version: previous });
    if (version !== null) this.info.set({ model, version }, 1);
  }

  logDropped(predictions: number): void {
    this.dropped.inc(predictions);
  }
}
