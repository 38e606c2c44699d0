import { Deduplication } from './deduplication';
import { IdentitySet } from './identity.set';
import { packTexts, unpackTexts } from './text.block';

const block = (...ids: string[]) => unpackTexts(packTexts(ids));

describe('records of a day', () => {
  it('keeps the first of each id and counts the others', () => {
    const deduplication = new Deduplication();
    expect(deduplication.offerRows(block('a', 'b', 'a'))).toEqual(Uint32Array.of(0, 1));
    expect(deduplication.offerRows(block('c', 'b'))).toEqual(Uint32Array.of(0));
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
    deduplication.offerRows(block('a'));
    deduplication.offerQuarantined('a');
    deduplication.offerQuarantined('b');
    expect(deduplication.distinct()).toBe(2);
    expect(deduplication.counts()).toEqual({ received: 3, accepted: 1, quarantined: 2, duplicates: 0 });
  });

  it('drops what earlier batches of the day hold', () => {
    const known = new IdentitySet();
    known.add(Buffer.from('a'));
    const deduplication = new Deduplication(known);
    expect(deduplication.offerRows(block('a', 'b'))).toEqual(Uint32Array.of(1));
    expect(deduplication.counts()).toEqual({ received: 2, accepted: 1, quarantined: 0, duplicates: 1 });
  });

  it('says in short that all rows are kept', () => {
    expect(new Deduplication().offerRows(block('a', 'b'))).toBeNull();
  });
});
