import type { CreditRecord } from '../data/credit.record';

type Damage = (record: CreditRecord) => CreditRecord;

/** What goes wrong in exports: each breaks one rule of the dataset. */
const damages: readonly Damage[] = [
  (record) => ({ ...record, limit_bal: 'n/a' }),
  (record) => ({ ...record, age: 7 }),
  (record) => ({ ...record, pay_amt1: -1 }),
  (record) => ({ ...record, default_payment_next_month: 3 }),
  (record) => ({ ...record, bill_amt1: '12,50' }),
];

/** The records with one more after every 500th: a damaged copy under an id of its own, at most one per damage. */
export function withMalformed(records: readonly CreditRecord[]): CreditRecord[] {
  return records.flatMap((record, index) => {
    const damage = index % 500 === 499 ? damages[(index - 499) / 500] : undefined;
    return damage ? [record, damage({ ...record, id: `damaged-${record['id']}` })] : [record];
  });
}
