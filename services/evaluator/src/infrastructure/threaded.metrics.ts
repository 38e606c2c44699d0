import { Worker } from 'node:worker_threads';
import { compiledEntry } from '@perennial/compute-thread';
import type { Metrics } from '@perennial/contracts';
import type { EvaluationOptions, MetricsEvaluation, ScoredHoldout } from '../application/score.models';
import { undefinedMetrics } from '../domain/gate.verdict';

export interface MetricsTask {
  scored: ScoredHoldout;
  options: EvaluationOptions;
}

/** A thousand resamples of a large holdout take seconds: they run in a thread, so that no heartbeat is missed. */
export class ThreadedMetrics implements MetricsEvaluation {
  async evaluate(scored: ScoredHoldout, options: EvaluationOptions, signal: AbortSignal): Promise<Metrics> {
    if (scored.labels.length === 0) return undefinedMetrics;
    const task: MetricsTask = { scored, options };
    const worker = new Worker(compiledEntry(__dirname, 'metrics.worker.js'), { workerData: task, name: 'metrics' });
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
