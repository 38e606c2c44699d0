import { Counter, type Registry } from 'prom-client';
import type { DeliveryOptions } from '../application/deliver.notifications';

/** `perennial_notification_tries_total`: what became of each try, per channel. */
export function deliveryCounter(registry: Registry): DeliveryOptions['observe'] {
  const tries = new Counter({
    name: 'perennial_notification_tries_total',
    help: 'Tries to deliver a notification',
    labelNames: ['channel', 'outcome'],
    registers: [registry],
  });
  return (channel, outcome) => tries.inc({ channel, outcome });
}
