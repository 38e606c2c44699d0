import type { CreditRecord } from '../data/credit.record';
import { joinLabelsOnWrongKey } from './broken-labels.change';
import { withMalformed } from './malformed.records';
import { shuffled } from './seeded.order';
import { renumberStatusCodes } from './status-codes.change';

export interface DayOfRecords {
  /** yyyy-mm-dd */
  readonly day: string;
  readonly title: string;
  readonly records: readonly CreditRecord[];
}

export interface DaySizes {
  readonly reference: number;
  readonly day: number;
}

/** All 30,000 rows of the data. */
export const fullSizes: DaySizes = { reference: 12_000, day: 4_500 };

/** Order of the clients; the published order is not random. */
export const ORDER_SEED = 2005;

interface Episode {
  readonly day: string;
  readonly title: string;
  readonly change: (records: readonly CreditRecord[], seed: number) => readonly CreditRecord[];
}

export const referenceDay = '2026-01-01';

/** What happens on the days after the reference day. */
const episodes: readonly Episode[] = [
  { day: '2026-01-02', title: 'a day like those before', change: withMalformed },
  { day: '2026-01-03', title: 'repayment status codes renumbered by a migration', change: renumberStatusCodes },
  { day: '2026-01-04', title: 'labels joined on the wrong key', change: joinLabelsOnWrongKey },
  { day: '2026-01-05', title: 'codes and labels are right again', change: (records) => records },
];

export const plannedDays: readonly Pick<DayOfRecords, 'day' | 'title'>[] = episodes;

/** The reference day and the four days of the demo: no client occurs twice. */
export function planDays(
  records: readonly CreditRecord[],
  sizes: DaySizes = fullSizes,
  seed = ORDER_SEED,
): DayOfRecords[] {
  const order = shuffled(records, seed);
  const needed = sizes.reference + episodes.length * sizes.day;
  if (order.length < needed) throw new RangeError(`${needed} records are needed, ${order.length} were given`);
  const days = episodes.map(({ day, title, change }, index) => {
    const start = sizes.reference + index * sizes.day;
    return { day, title, records: change(order.slice(start, start + sizes.day), seed + index + 1) };
  });
  return [{ day: referenceDay, title: 'reference', records: order.slice(0, sizes.reference) }, ...days];
}
