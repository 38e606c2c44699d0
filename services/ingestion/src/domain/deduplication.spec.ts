import { Deduplication } from './deduplication';

describe('records of a day', () => {
  it('keeps the first of each id and counts the others', () => {
    const deduplication = new Deduplication();
    expect(['a', 'b', 'a', 'c', 'b'].map((id) => deduplication.offerRow(id))).toEqual([true, true, false, true, false]);
    expect(deduplication.counts()).toEqual({ received: 5, accepted: 3, quarantined: 0, duplicates: 2 });
  });

  it('counts a refused record that was pushed again once', () => {
    const deduplication = new Deduplication();
    deduplication.offerQuarantined('a');
    deduplication.offerQuarantined('a');
    expect(deduplication.counts()).toEqual({ received: 2, accepted: 0, quarantined: 1, duplicates: 1 });
    expect(deduplication.distinct()).toBe(1);
  });

  it('counts a record that was refused and came again in order as one distinct record', () => {
    const deduplication = new Deduplication();
    deduplication.offerRow('a');
    deduplication.offerQuarantined('a');
    deduplication.offerQuarantined('b');
    expect(deduplication.distinct()).toBe(2);
    expect(deduplication.counts()).toEqual({ received: 3, accepted: 1, quarantined: 2, duplicates: 0 });
  });

  it('drops what earlier batches of the day hold', () => {
    const deduplication = new Deduplication(new Set(['a']));
    expect(deduplication.offerRow('a')).toBe(false);
    expect(deduplication.offerRow('b')).toBe(true);
    expect(deduplication.counts()).toEqual({ received: 2, accepted: 1, quarantined: 0, duplicates: 1 });
  });
});
