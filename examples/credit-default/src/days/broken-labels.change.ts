import { type CreditRecord, TARGET } from '../data/credit.record';
import { shuffled } from './seeded.order';

/**
 * An upstream join on the wrong key: every client gets the outcome of some other client of the same day. The share of
 * defaults stays the same, so no quality check can see it, but the labels say nothing about the clients any more.
 */
export function joinLabelsOnWrongKey(records: readonly CreditRecord[], seed: number): CreditRecord[] {
  const outcomes = shuffled(
    records.map((record) => record[TARGET] ?? null),
    seed,
  );
  return records.map((record, index) => ({ ...record, [TARGET]: outcomes[index] ?? null }));
}
