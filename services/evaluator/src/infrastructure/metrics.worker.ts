import { parentPort, workerData } from 'node:worker_threads';
import { evaluate } from '@perennial/classification-metrics';
import { yieldThread } from '@perennial/compute-thread';
import type { MetricsTask } from './threaded.metrics';

/** As judging itself: nobody waits for it as clients wait for predictions. */
const NICENESS = 5;

yieldThread(NICENESS);

const { scored, options } = workerData as MetricsTask;

parentPort?.postMessage(evaluate(scored.labels, scored.probabilities, options).metrics);
