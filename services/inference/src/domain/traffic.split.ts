import { createHash } from 'node:crypto';
import { TRAFFIC_BUCKETS } from '@perennial/contracts';
import type { Row } from './prediction.request';

/** Buckets `from` to `to`, the last one not among them. */
export interface BucketRange {
  from: number;
  to: number;
}

/**
 * The bucket of a key within an experiment: the first four bytes, big-endian, of SHA-256 over the experiment's id, a line
 * feed and the key, times the number of buckets, divided by 2^32. The same everywhere, so that anybody can tell who was
 * answered by which arm.
 */
export function bucketOf(experimentId: string, key: string): number {
  const digest = createHash('sha256').update(`${experimentId}\n${key}`).digest();
  return bucketAt(digest.readUInt32BE(0) / 2 ** 32);
}

/** Of a number from 0 up to 1. */
export const bucketAt = (share: number): number => Math.floor(share * TRAFFIC_BUCKETS);

export const owns = ({ buckets }: { buckets: readonly BucketRange[] }, bucket: number): boolean =>
  buckets.some(({ from, to }) => bucket >= from && bucket < to);

/** The values of the columns as a JSON array; null where the row has none of them. */
export function entityKey(row: Row, columns: readonly string[]): string | null {
  const values = columns.map((column) => row[column] ?? null);
  return values.every((value) => value === null) ? null : JSON.stringify(values);
}
