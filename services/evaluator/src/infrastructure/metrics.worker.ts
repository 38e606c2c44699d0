import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { evaluate } from '@perennial/classification-metrics';
import type { MetricsTask } from './threaded.metrics';

/** As judging itself: nobody waits for it as clients wait for predictions. */
const NICENESS = 5;

// Linux counts it per thread; elsewhere it would be the whole process.
if (process.platform === 'linux') setPriority(NICENESS);

const { scored, options } = workerData as MetricsTask;

parentPort?.postMessage(evaluate(scored.labels, scored.probabilities, options).metrics);
