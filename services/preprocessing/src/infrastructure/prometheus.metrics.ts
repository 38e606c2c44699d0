import { Counter, type Registry } from 'prom-client';

export function preparationFailures(registry: Registry): (code: string) => void {
  const failed = new Counter({
    name: 'perennial_preparations_failed_total',
    help: 'Batches that were given up until a person has them prepared again, by error code',
    labelNames: ['code'],
    registers: [registry],
  });
  return (code) => failed.inc({ code });
}
