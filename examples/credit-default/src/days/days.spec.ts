import { recordValidator } from '@perennial/pipeline';
import { readPipeline } from '../data/credit.pipeline';
import { type CreditRecord, STATUS_COLUMNS, TARGET } from '../data/credit.record';
import { joinLabelsOnWrongKey } from './broken-labels.change';
import { planDays, plannedDays, referenceDay } from './day.plan';
import { withMalformed } from './malformed.records';
import { renumberStatusCodes } from './status-codes.change';

const client = (number: number): CreditRecord => ({
  ...{ id: String(number), limit_bal: 20_000, sex: 2, education: 2, marriage: 1, age: 24 },
  ...Object.fromEntries(STATUS_COLUMNS.map((column, index) => [column, index - 2])),
  ...Object.fromEntries(
    [1, 2, 3, 4, 5, 6].flatMap((month) => [
      [`bill_amt${month}`, number],
      [`pay_amt${month}`, month],
    ]),
  ),
  [TARGET]: number % 5 === 0 ? 1 : 0,
});

const clients = (count: number) => Array.from({ length: count }, (_, index) => client(index + 1));
const defaults = (records: readonly CreditRecord[]) => records.filter((record) => record[TARGET] === 1).length;
const validate = recordValidator(readPipeline().dataset);

describe('renumbered status codes', () => {
  it('are two lower, and nothing else changes', () => {
    const [before] = clients(1) as [CreditRecord];
    const [after] = renumberStatusCodes([before]) as [CreditRecord];
    expect(STATUS_COLUMNS.map((column) => after[column])).toEqual([-4, -3, -2, -1, 0, 1]);
    const changed = Object.keys(before).filter((name) => before[name] !== after[name]);
    expect(changed).toEqual([...STATUS_COLUMNS]);
  });
});

describe('labels joined on the wrong key', () => {
  const before = clients(1_000);
  const after = joinLabelsOnWrongKey(before, 1);

  it('keep the share of defaults and every other column', () => {
    expect(defaults(after)).toBe(defaults(before));
    expect(after.map((record) => ({ ...record, [TARGET]: 0 }))).toEqual(
      before.map((record) => ({ ...record, [TARGET]: 0 })),
    );
  });

  it('say no more than chance about the client', () => {
    const kept = after.filter((record, index) => record[TARGET] === 1 && before[index]?.[TARGET] === 1).length;
    // 200 of 1,000 default; independent labels agree on about 40.
    expect(kept).toBeGreaterThan(20);
    expect(kept).toBeLessThan(60);
  });

  it('depend on the seed alone', () => {
    expect(joinLabelsOnWrongKey(before, 1)).toEqual(after);
    expect(joinLabelsOnWrongKey(before, 2)).not.toEqual(after);
  });
});

describe('malformed records', () => {
  const pushed = withMalformed(clients(3_000));
  const refused = pushed.filter((record) => !validate(record).ok);

  it('come on top, each under an id of its own and each refused for one column', () => {
    expect(pushed).toHaveLength(3_005);
    expect(new Set(pushed.map(({ id }) => id)).size).toBe(3_005);
    expect(refused.map(({ id }) => id)).toEqual([
      'damaged-500',
      'damaged-1000',
      'damaged-1500',
      'damaged-2000',
      'damaged-2500',
    ]);
    for (const record of refused) expect(validate(record).problems).toHaveLength(1);
  });
});

describe('the plan of days', () => {
  const days = planDays(clients(500), { reference: 100, day: 100 });

  it('is the reference day and four days, no client twice', () => {
    expect(days.map(({ day }) => day)).toEqual([referenceDay, ...plannedDays.map(({ day }) => day)]);
    const ids = days.flatMap(({ records }) => records.map(({ id }) => id));
    expect(new Set(ids).size).toBe(500);
  });

  it('starts on the reference day that the pipeline declares', () => {
    expect(readPipeline().reference.day).toBe(referenceDay);
  });

  it('needs enough clients', () => {
    expect(() => planDays(clients(499), { reference: 100, day: 100 })).toThrow(
      '500 records are needed, 499 were given',
    );
  });
});
