import type { KeyRing } from '@perennial/access';
import { Counter, Gauge, type Registry } from 'prom-client';

/** Who was refused, and when each key was last used. Counts of keys are read when they are scraped. */
export function accessMetrics(registry: Registry, keys: (() => KeyRing) | undefined): { refused: Counter<'code'> } {
  const registers = [registry];
  if (keys) {
    const labelNames = ['key', 'name'] as const;
    const gauge = (name: string, help: string, value: (use: { lastUsed: number; uses: number }) => number) =>
      new Gauge({
        ...{ name, help, labelNames, registers },
        collect() {
          this.reset();
          for (const use of keys().uses()) this.set({ key: use.record.id, name: use.record.name }, value(use));
        },
      });
    gauge(
      'access_key_last_used_timestamp_seconds',
      'When this process last accepted the key; 0: never',
      (use) => use.lastUsed / 1000,
    );
    gauge('access_key_requests', 'Requests with the key since this process started', (use) => use.uses);
  }
  const refused = new Counter({
    ...{
      name: 'access_refused_total',
      help: 'Requests refused by access control',
      labelNames: ['code'] as const,
      registers,
    },
  });
  return { refused };
}
