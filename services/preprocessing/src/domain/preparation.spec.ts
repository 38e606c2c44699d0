import { metadataId, preparationOf, rowHistory } from './preparation';

const reference = '2026-01-02';
const fitted = { metadataId: 'd@1', version: 1, referenceDay: reference };

describe('what to do with a closed batch', () => {
  it.each([
    ['fits the reference day', reference, null, 'fit'],
    ['applies the fit to the corrections of the reference day', reference, fitted, 'apply'],
    ['applies the fit to other days, earlier ones too', '2025-12-31', fitted, 'apply'],
    ['lets other days wait for the fit', '2026-01-03', null, 'wait'],
  ])('%s', (_what, day, current, expected) => {
    expect(preparationOf(day, reference, current)).toBe(expected);
  });

  it('fits again on a newly declared reference day, and goes on with the old fit until then', () => {
    expect(preparationOf('2026-03-01', '2026-03-01', fitted)).toBe('fit');
    expect(preparationOf('2026-02-28', '2026-03-01', fitted)).toBe('apply');
    expect(metadataId('d', 2)).toBe('d@2');
  });

  it('compares the rows of whole days with each other, and not with the reference', () => {
    const past = [
      { day: '2026-01-04', rows: 10 },
      { day: '2026-01-03', rows: 12 },
      { day: reference, rows: 9000 },
    ];
    expect(rowHistory(null, past, reference)).toEqual([10, 12]);
    expect(rowHistory('d/2026-01-03', past, reference)).toEqual([]);
  });

  it('leaves empty days out of the comparison', () => {
    expect(rowHistory(null, [{ day: '2026-01-04', rows: 0 }], reference)).toEqual([]);
  });
});
