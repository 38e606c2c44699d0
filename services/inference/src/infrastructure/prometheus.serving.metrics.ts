import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { CacheUse, ModelRun, ServedCounts, ServedRequests, ServingMetrics } from '../application/ports';
import { CacheTally, RequestTally, RunTally, servedRequests } from './served.tallies';

const SECONDS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const ROWS = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];
const BY_VERSION = ['model', 'version'];
const BY_ARM = [...BY_VERSION, 'arm'];

interface Observed {
  observe(value: number): void;
}

const microseconds = (milliseconds: number): number => Math.round(milliseconds * 1_000);

/** Under the names that dashboards of inference servers know (`nv_inference_*`), where these have the meaning. */
export class PrometheusServingMetrics implements ServingMetrics, ServedCounts {
  private readonly requests = new Map<string, RequestTally & { duration: Observed }>();
  private readonly runs = new Map<string, RunTally & { batch: Observed }>();
  private readonly caches = new Map<string, CacheTally>();
  private readonly failure: Counter;
  private readonly duration: Histogram;
  private readonly batch: Histogram;
  private readonly info: Gauge;
  private readonly dropped: Counter;

  constructor(
    private readonly registry: Registry,
    private readonly now: () => number,
  ) {
    const registers = [registry];
    this.ofRequests('nv_inference_request_success', 'Requests that were answered', ({ requests }) => requests);
    this.ofRequests('nv_inference_count', 'Rows that the model computed', ({ rows }) => rows);
    this.ofRequests('nv_inference_request_duration_us', 'Of the answered requests together', ({ milliseconds }) =>
      microseconds(milliseconds),
    );
    this.ofRuns('nv_inference_exec_count', 'Runs of the model', ({ runs }) => runs);
    this.ofRuns('nv_inference_queue_duration_us', 'Of all requests together, until their run began', ({ queuedMs }) =>
      microseconds(queuedMs),
    );
    this.ofRuns('nv_inference_compute_infer_duration_us', 'Of all runs together', ({ computeMs }) =>
      microseconds(computeMs),
    );
    this.ofCaches('hit', 'Requests that the cache answered whole', ({ hits }) => hits);
    this.ofCaches('miss', 'Requests of which the cache did not have all rows', ({ misses }) => misses);
    this.waiting('nv_inference_pending_request_count', 'Rows that wait for a run');
    const help = 'Requests that failed';
    const labelNames = [...BY_ARM, 'reason'];
    this.failure = new Counter({ name: 'nv_inference_request_failure', help, labelNames, registers });
    this.duration = new Histogram({
      name: 'perennial_inference_request_duration_seconds',
      help: 'From the parsed request to the answer, waiting in the queue included',
      ...{ labelNames: BY_ARM, buckets: SECONDS, registers },
    });
    this.batch = new Histogram({
      name: 'perennial_inference_batch_rows',
      help: 'Rows of one run of the model',
      ...{ labelNames: BY_VERSION, buckets: ROWS, registers },
    });
    const name = 'perennial_model_info';
    this.info = new Gauge({ name, help: '1 for the version that answers', labelNames: BY_VERSION, registers });
    this.dropped = new Counter({
      name: 'perennial_prediction_log_dropped_total',
      help: 'Predictions that were answered, but not logged',
      registers,
    });
  }

  succeeded(model: string, version: string, arm: string, rows: number, seconds: number): void {
    const tally = this.requestsOf(model, version, arm);
    tally.requests += 1;
    tally.rows += rows;
    tally.milliseconds += seconds * 1_000;
    tally.lastAt = this.now();
    tally.duration.observe(seconds);
  }

  failed(model: string, version: string, arm: string, reason: string): void {
    this.requestsOf(model, version, arm).failures += 1;
    this.failure.inc({ model, version, arm, reason });
  }

  ran(model: string, version: string, run: ModelRun): void {
    const tally = this.runsOf(model, version);
    tally.add(run);
    tally.batch.observe(run.rows);
  }

  cacheUsed(model: string, version: string, use: CacheUse): void {
    const key = keyOf(model, version);
    let tally = this.caches.get(key);
    if (tally === undefined) {
      tally = new CacheTally({ model, version });
      this.caches.set(key, tally);
    }
    tally.add(use);
  }

  of(model: string, version: string): ServedRequests {
    const answered = [...this.requests.values()].filter(
      ({ labels }) => labels.model === model && labels.version === version,
    );
    const key = keyOf(model, version);
    return servedRequests(answered, this.runs.get(key), this.caches.get(key));
  }

  serving(model: string, version: string | null, previous: string | null): void {
    if (previous !== null && previous !== version) this.info.remove({ model, version: previous });
    if (version !== null) this.info.set({ model, version }, 1);
  }

  logDropped(predictions: number): void {
    this.dropped.inc(predictions);
  }

  private requestsOf(model: string, version: string, arm: string) {
    const key = keyOf(model, version, arm);
    let tally = this.requests.get(key);
    if (tally === undefined) {
      const labels = { model, version, arm };
      tally = Object.assign(new RequestTally(labels), { duration: this.duration.labels(labels) });
      this.requests.set(key, tally);
    }
    return tally;
  }

  private runsOf(model: string, version: string) {
    const key = keyOf(model, version);
    let tally = this.runs.get(key);
    if (tally === undefined) {
      const labels = { model, version };
      tally = Object.assign(new RunTally(labels), { batch: this.batch.labels(labels) });
      this.runs.set(key, tally);
    }
    return tally;
  }

  private ofRequests(name: string, help: string, value: (tally: RequestTally) => number): void {
    this.counted({ name, help, labelNames: BY_ARM }, this.requests, value);
  }

  private ofRuns(name: string, help: string, value: (tally: RunTally) => number): void {
    this.counted({ name, help, labelNames: BY_VERSION }, this.runs, value);
  }

  private ofCaches(name: 'hit' | 'miss', help: string, side: (tally: CacheTally) => CacheTally['hits']): void {
    const plural = name === 'hit' ? 'hits' : 'misses';
    const count = { name: `nv_cache_num_${plural}_per_model`, help, labelNames: BY_VERSION };
    this.counted(count, this.caches, (tally) => side(tally).count);
    const spent = `${help}: looking up and keeping, microseconds`;
    const duration = { name: `nv_cache_${name}_duration_per_model`, help: spent, labelNames: BY_VERSION };
    this.counted(duration, this.caches, (tally) => microseconds(side(tally).milliseconds));
  }

  private counted<T extends { labels: Record<string, string> }>(
    described: { name: string; help: string; labelNames: string[] },
    tallies: ReadonlyMap<string, T>,
    value: (tally: T) => number,
  ): void {
    new Counter({
      ...{ ...described, registers: [this.registry] },
      collect() {
        this.reset();
        for (const tally of tallies.values()) this.inc(tally.labels, value(tally));
      },
    });
  }

  private waiting(name: string, help: string): void {
    const { runs } = this;
    new Gauge({
      ...{ name, help, labelNames: BY_VERSION, registers: [this.registry] },
      collect() {
        for (const { labels, waitingRows } of runs.values()) this.set(labels, waitingRows);
      },
    });
  }
}

/** Names have no line feeds. */
const keyOf = (...names: string[]): string => names.join('\n');
