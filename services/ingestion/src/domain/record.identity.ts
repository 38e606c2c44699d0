import { createHash } from 'node:crypto';

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, canonical(item)]));
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/**
 * What makes a refused record the same as another: its record id, or, where that is missing or not a scalar,
 * its content.
 */
export function identityOf(record: unknown, recordIdColumn: string): string {
  const id = isObject(record) && Object.hasOwn(record, recordIdColumn) ? record[recordIdColumn] : undefined;
  if ((typeof id === 'string' && id !== '') || typeof id === 'number') return String(id);
  const text = JSON.stringify(canonical(record)) ?? 'undefined';
  return `sha256:${createHash('sha256').update(text).digest('hex')}`;
}
