import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { TrainingMetrics } from '../application/ports';

const SECONDS = [1, 5, 15, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 14_400];

export function prometheusMetrics(registry: Registry): TrainingMetrics {
  const registers = [registry];
  const ended = new Counter({
    name: 'perennial_training_runs_total',
    help: 'Claims of training runs that ended, by outcome',
    labelNames: ['outcome'],
    registers,
  });
  const seconds = new Histogram({
    name: 'perennial_training_seconds',
    help: 'Time of one training, from its first step to its last validation',
    labelNames: ['strategy'],
    buckets: SECONDS,
    registers,
  });
  const rowsPerSecond = new Gauge({
    name: 'perennial_training_rows_per_second',
    help: 'Training rows a second in the newest training',
    labelNames: ['strategy'],
    registers,
  });
  const waiting = new Gauge({
    name: 'perennial_training_runs_waiting',
    help: 'Runs that wait for a trainer',
    registers,
  });
  const longest = new Gauge({
    name: 'perennial_training_longest_wait_seconds',
    help: 'For how long the run that waits longest could have been taken up',
    registers,
  });
  const wait = new Histogram({
    name: 'perennial_training_wait_seconds',
    help: 'From when a run could be taken up until it was',
    buckets: SECONDS,
    registers,
  });
  const checkpoints = new Counter({
    name: 'perennial_training_checkpoints_total',
    help: 'Checkpoints of trainings that were kept for other trainers, or could not be; trainings resumed from one, or not',
    labelNames: ['outcome'],
    registers,
  });
  return {
    checkpoint: (outcome) => checkpoints.inc({ outcome }),
    waiting: (runs, seconds_) => {
      waiting.set(runs);
      longest.set(seconds_);
    },
    claimed: (waited) => wait.observe(waited),
    ended: (outcome) => ended.inc({ outcome }),
    trained: (strategy, taken, rate) => {
      seconds.observe({ strategy }, taken);
      rowsPerSecond.set({ strategy }, rate);
    },
  };
}
