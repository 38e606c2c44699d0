import { Counter, Gauge, type Registry } from 'prom-client';
import type { CycleObserver } from '../application/cycle.stores';
import type { CycleEvent } from '../domain/cycle.events';

const VERDICTS: Partial<Record<CycleEvent['type'], string>> = {
  'model-kept': 'kept',
  'model-promoted': 'promoted',
  'attempts-exhausted': 'exhausted',
  'cycle-skipped': 'skipped',
};
const REMEMBERED = 10_000;

/** A transaction that is tried again shows its events again: each event of a cycle counts once. */
export class CycleMetrics implements CycleObserver {
  private readonly seen = new Set<string>();
  private readonly cycles: Counter<'pipeline' | 'verdict'>;
  private readonly f1: Gauge<'pipeline' | 'role'>;
  private readonly attempts: Counter<'pipeline'>;
  private readonly expired: Counter<'pipeline'>;

  constructor(registry: Registry) {
    const registers = [registry];
    const labelNames = ['pipeline', 'verdict'] as const;
    this.cycles = new Counter({ name: 'perennial_cycles_total', help: 'Cycles that ended', labelNames, registers });
    this.f1 = new Gauge({
      name: 'perennial_model_f1',
      help: 'F1 of the last judged model on the holdout rows of its day',
      labelNames: ['pipeline', 'role'],
      registers,
    });
    this.attempts = new Counter({
      name: 'perennial_retraining_attempts_total',
      help: 'Retraining attempts that were asked for',
      labelNames: ['pipeline'],
      registers,
    });
    this.expired = new Counter({
      name: 'perennial_retraining_attempts_expired_total',
      help: 'Retraining attempts that gave no result by their deadline',
      labelNames: ['pipeline'],
      registers,
    });
  }

  observe(event: CycleEvent, sequence: number): void {
    const { type, data } = event;
    const key = `${data.cycleId}#${sequence}`;
    if (this.seen.has(key)) return;
    this.remember(key);
    const { pipeline } = data;
    const verdict = VERDICTS[type];
    if (verdict !== undefined) this.cycles.inc({ pipeline, verdict });
    if (type === 'retraining-requested') this.attempts.inc({ pipeline });
    if (event.type === 'attempt-failed' && event.data.cause === 'deadline') this.expired.inc({ pipeline });
    if ('metrics' in data && 'role' in data && data.metrics.f1.value !== null) {
      this.f1.set({ pipeline, role: data.role }, data.metrics.f1.value);
    }
  }

  private remember(key: string): void {
    this.seen.add(key);
    const [oldest] = this.seen;
    if (this.seen.size > REMEMBERED && oldest !== undefined) this.seen.delete(oldest);
  }
}
