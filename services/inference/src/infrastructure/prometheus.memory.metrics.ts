import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { MemoryMetrics } from '../application/ports';

const SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];

/** What the models of this process take, and how they come and go. */
export class PrometheusMemoryMetrics implements MemoryMetrics {
  private readonly models: Gauge;
  private readonly bytes: Gauge;
  private readonly evictions: Counter;
  private readonly loads: Histogram;

  constructor(registry: Registry, budgetBytes: number) {
    const registers = [registry];
    const gauge = (name: string, help: string) => new Gauge({ name, help, registers });
    this.models = gauge('perennial_models_loaded', 'Models in memory');
    this.bytes = gauge('perennial_model_memory_bytes', 'What they take, as estimated when each was tried');
    if (Number.isFinite(budgetBytes)) {
      gauge('perennial_model_memory_budget_bytes', 'What models may take').set(budgetBytes);
    }
    this.evictions = new Counter({
      name: 'perennial_model_evictions_total',
      help: 'Models that left memory because others needed it',
      ...{ labelNames: ['model'], registers },
    });
    this.loads = new Histogram({
      name: 'perennial_model_load_seconds',
      help: 'Until a model was in memory, waiting for room included',
      ...{ labelNames: ['model'], buckets: SECONDS, registers },
    });
  }

  inMemory(models: number, bytes: number): void {
    this.models.set(models);
    this.bytes.set(bytes);
  }

  loaded(model: string, seconds: number): void {
    this.loads.observe({ model }, seconds);
  }

  evicted(model: string): void {
    this.evictions.inc({ model });
  }
}
