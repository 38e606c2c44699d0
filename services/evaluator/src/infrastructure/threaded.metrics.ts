import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Metrics } from '@perennial/contracts';
import type { EvaluationOptions, MetricsEvaluation, ScoredHoldout } from '../application/judge.models';
import { undefinedMetrics } from '../domain/gate.verdict';

export interface MetricsTask {
  scored: ScoredHoldout;
  options: EvaluationOptions;
}

const ENTRY = 'metrics.worker.js';

/** The compiled worker: beside this file in dist, or in dist when this file runs from source. */
function workerFile(): string {
  const candidates = [join(__dirname, ENTRY), join(__dirname, '..', '..', 'dist', 'infrastructure', ENTRY)];
  const found = candidates.find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new Error('The metrics worker is not compiled: build the package first (npx tsc -b services/evaluator)');
}

/** A thousand resamples of a large holdout take seconds: they run in a thread, so that no heartbeat is missed. */
export class ThreadedMetrics implements MetricsEvaluation {
  async evaluate(scored: ScoredHoldout, options: EvaluationOptions, signal: AbortSignal): Promise<Metrics> {
    if (scored.labels.length === 0) return undefinedMetrics;
    const task: MetricsTask = { scored, options };
    const worker = new Worker(workerFile(), { workerData: task, name: 'metrics' });
    const abort = () => void worker.terminate();
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    try {
      return await new Promise<Metrics>((resolve, reject) => {
        worker.once('message', resolve);
        worker.once('error', reject);
        worker.once('exit', (code) => reject(new Error(`the metrics worker ended with ${code}`)));
      });
    } finally {
      signal.removeEventListener('abort', abort);
      await worker.terminate();
    }
  }
}
