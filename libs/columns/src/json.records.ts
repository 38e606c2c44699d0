import { ColumnsError } from './column.errors';
import type { StreamedRecord } from './record.stream';

/** Records of a JSON array, or the one record of a JSON object. Throws where the text is neither. */
export function jsonRecords(json: Uint8Array | string): StreamedRecord[] {
  let value: unknown;
  try {
    value = JSON.parse(typeof json === 'string' ? json : new TextDecoder('utf-8', { fatal: true }).decode(json));
  } catch (cause) {
    throw new ColumnsError('JSON_UNREADABLE', `must be JSON: ${(cause as Error).message}`, {}, cause);
  }
  if (typeof value !== 'object' || value === null) {
    throw new ColumnsError('JSON_UNREADABLE', 'must be a JSON array of records or one record');
  }
  const records: unknown[] = Array.isArray(value) ? value : [value];
  return records.map((record, index) => ({ position: index + 1, record }));
}
