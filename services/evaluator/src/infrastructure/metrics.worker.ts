import { parentPort, workerData } from 'node:worker_threads';
import { evaluate } from '@perennial/classification-metrics';
import type { MetricsTask } from './threaded.metrics';

const { scored, options } = workerData as MetricsTask;

parentPort?.postMessage(evaluate(scored.labels, scored.probabilities, options).metrics);
