import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ModelRun, ServingMetrics } from '../application/ports';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const ROWS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const LABELS = ['model', 'version'];

/** Plain numbers on the way of every request; they become metrics when somebody asks. */
class Tally {
  success = 0;
  rows = 0;
  requestMs = 0;
  runs = 0;
  queuedMs = 0;
  computeMs = 0;
  waitingRows = 0;

  constructor(
    readonly labels: { model: string; version: string },
    readonly duration: { observe(seconds: number): void },
    readonly batch: { observe(rows: number): void },
  ) {}
}

const microseconds = (milliseconds: number): number => Math.round(milliseconds * 1_000);

/** Under the names that dashboards of inference servers know (`nv_inference_*`), where these have the meaning. */
export class PrometheusServingMetrics implements ServingMetrics {
  private readonly tallies = new Map<string, Map<string, Tally>>();
  private readonly failure: Counter;
  private readonly duration: Histogram;
  private readonly batch: Histogram;
  private readonly info: Gauge;
  private readonly dropped: Counter;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    this.counted('nv_inference_request_success', 'Requests that were answered', (tally) => tally.success);
    this.counted('nv_inference_count', 'Rows that were predicted', (tally) => tally.rows);
    this.counted('nv_inference_exec_count', 'Runs of the model', (tally) => tally.runs);
    this.counted('nv_inference_request_duration_us', 'Of the answered requests together', (tally) =>
      microseconds(tally.requestMs),
    );
    this.counted('nv_inference_queue_duration_us', 'Of all requests together, until their run began', (tally) =>
      microseconds(tally.queuedMs),
    );
    this.counted('nv_inference_compute_infer_duration_us', 'Of all runs together', (tally) =>
      microseconds(tally.computeMs),
    );
    this.sampled('nv_inference_pending_request_count', 'Rows that wait for a run', (tally) => tally.waitingRows);
    const help = 'Requests that failed';
    const labelNames = [...LABELS, 'reason'];
    this.failure = new Counter({ name: 'nv_inference_request_failure', help, labelNames, registers });
    this.duration = new Histogram({
      name: 'perennial_inference_request_duration_seconds',
      help: 'From the parsed request to the answer, waiting in the queue included',
      ...{ labelNames: LABELS, buckets: SECONDS, registers },
    });
    this.batch = new Histogram({
      name: 'perennial_inference_batch_rows',
      help: 'Rows of one run of the model',
      ...{ labelNames: LABELS, buckets: ROWS, registers },
    });
    const name = 'perennial_model_info';
    this.info = new Gauge({ name, help: '1 for the version that answers', labelNames: LABELS, registers });
    this.dropped = new Counter({
      name: 'perennial_prediction_log_dropped_total',
      help: 'Predictions that were answered, but not logged',
      registers,
    });
  }

  succeeded(model: string, version: string, rows: number, seconds: number): void {
    const tally = this.tally(model, version);
    tally.success += 1;
    tally.rows += rows;
    tally.requestMs += seconds * 1_000;
    tally.duration.observe(seconds);
  }

  failed(model: string, version: string, reason: string): void {
    this.failure.inc({ model, version, reason });
  }

  ran(model: string, version: string, { rows, queuedMs, computeMs, waitingRows }: ModelRun): void {
    const tally = this.tally(model, version);
    tally.runs += 1;
    tally.queuedMs += queuedMs;
    tally.computeMs += computeMs;
    tally.waitingRows = waitingRows;
    tally.batch.observe(rows);
  }

  serving(model: string, version: string, previous: string | null): void {
    if (previous !== null && previous !== version) this.info.remove({ model, version: previous });
    this.info.set({ model, version }, 1);
  }

  logDropped(predictions: number): void {
    this.dropped.inc(predictions);
  }

  private tally(model: string, version: string): Tally {
    let versions = this.tallies.get(model);
    if (versions === undefined) this.tallies.set(model, (versions = new Map<string, Tally>()));
    let tally = versions.get(version);
    if (tally === undefined) {
      const labels = { model, version };
      tally = new Tally(labels, this.duration.labels(labels), this.batch.labels(labels));
      versions.set(version, tally);
    }
    return tally;
  }

  private counted(name: string, help: string, value: (tally: Tally) => number): void {
    const { all } = this;
    new Counter({
      ...{ name, help, labelNames: LABELS, registers: [this.registry] },
      collect() {
        this.reset();
        for (const tally of all()) this.inc(tally.labels, value(tally));
      },
    });
  }

  private sampled(name: string, help: string, value: (tally: Tally) => number): void {
    const { all } = this;
    new Gauge({
      ...{ name, help, labelNames: LABELS, registers: [this.registry] },
      collect() {
        for (const tally of all()) this.set(tally.labels, value(tally));
      },
    });
  }

  private readonly all = (): Tally[] => [...this.tallies.values()].flatMap((versions) => [...versions.values()]);
}
