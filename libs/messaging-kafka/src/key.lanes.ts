import type { BrokerRecord } from '@perennial/messaging';

/**
 * Spreads records over lanes that may run at once: one key always takes one lane, in offset order. Records without
 * a key have no order to keep and go round the lanes.
 */
export function assignLanes(records: readonly BrokerRecord[], count: number): BrokerRecord[][] {
  const lanes: BrokerRecord[][] = Array.from({ length: count }, () => []);
  records.forEach((record, index) => lanes[(record.key ? hash(record.key) : index) % count]?.push(record));
  return lanes.filter((lane) => lane.length > 0);
}

/** FNV-1a, 32 bits. */
function hash(key: Buffer): number {
  let value = 0x811c9dc5;
  for (const byte of key) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
}
