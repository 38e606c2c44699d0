import { Counter, Histogram, type Registry } from 'prom-client';
import type { LookupMetrics } from '../application/ports';

const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
const AGES = [1, 10, 60, 600, 3_600, 21_600, 86_400, 172_800, 604_800, 2_592_000];

/** Of the features that are looked up for requests. */
export class PrometheusLookupMetrics implements LookupMetrics {
  private readonly duration: Histogram;
  private readonly entities: Counter;
  private readonly lookups: Counter;
  private readonly values: Counter;
  private readonly age: Histogram;

  constructor(registry: Registry) {
    const registers = [registry];
    const named = (name: string, help: string, labelNames: string[]) => ({ name, help, labelNames, registers });
    this.duration = new Histogram({
      ...named('perennial_feature_request_duration_seconds', 'Answers of the source of features', ['model']),
      buckets: SECONDS,
    });
    this.entities = new Counter(
      named('perennial_feature_requested_entities_total', 'Entities that the source was asked for', ['model']),
    );
    this.lookups = new Counter(
      named(
        'perennial_feature_lookups_total',
        'Entities that were looked up: cached, read, kept (cached for too long, while the source was away) or failed',
        ['model', 'how'],
      ),
    );
    this.values = new Counter(
      named('perennial_feature_values_total', 'Values that were missing or stale', ['model', 'state']),
    );
    this.age = new Histogram({
      ...named('perennial_feature_age_seconds', 'Age of the oldest value that was looked up for a row', ['model']),
      buckets: AGES,
    });
  }

  asked(model: string, entities: number, seconds: number): void {
    this.duration.observe({ model }, seconds);
    this.entities.inc({ model }, entities);
  }

  lookedUp(model: string, how: string): void {
    this.lookups.inc({ model, how });
  }

  filled(model: string, { missing, stale, oldest }: { missing: number; stale: number; oldest: number }): void {
    if (missing > 0) this.values.inc({ model, state: 'missing' }, missing);
    if (stale > 0) this.values.inc({ model, state: 'stale' }, stale);
    if (oldest >= 0) this.age.observe({ model }, oldest);
  }
}
