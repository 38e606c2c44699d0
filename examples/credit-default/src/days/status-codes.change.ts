import { type CreditRecord, STATUS_COLUMNS } from '../data/credit.record';

/** What the migrated core banking system subtracts from every repayment status code. */
export const CODE_SHIFT = 2;

/**
 * A core banking migration renumbered the repayment status codes PAY_0 … PAY_6: -2 … 8 became -4 … 6. "Two months
 * late" now arrives as 0, which used to mean "revolving credit". Nothing else changes, and no producer is told.
 */
export function renumberStatusCodes(records: readonly CreditRecord[]): CreditRecord[] {
  return records.map((record) => ({
    ...record,
    ...Object.fromEntries(STATUS_COLUMNS.map((column) => [column, Number(record[column]) - CODE_SHIFT])),
  }));
}
