import { Counter, Gauge, type Registry } from 'prom-client';
import type { PreparationMetrics } from './preparation.worker';

export function prometheusMetrics(registry: Registry): PreparationMetrics {
  const registers = [registry];
  const failures = new Counter({
    name: 'perennial_preparations_failed_total',
    help: 'Batches that were given up until a person has them prepared again, by error code',
    labelNames: ['code'],
    registers,
  });
  const datasets = new Gauge({
    name: 'perennial_preparation_datasets_waiting',
    help: 'Datasets with a batch that is to be prepared, those under way included',
    registers,
  });
  return { failed: (code) => failures.inc({ code }), waiting: (count) => datasets.set(count) };
}
