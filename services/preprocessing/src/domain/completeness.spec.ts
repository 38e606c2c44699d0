import { completenessFindings } from './completeness';

const rows = { received: 410, accepted: 395, quarantined: 5, duplicates: 10, expected: 500 };

describe('completenessFindings', () => {
  it('warns of a day that closed before its announced rows had come', () => {
    expect(completenessFindings({ complete: false, rows })).toEqual([
      { check: 'announced-rows', observed: 400, limit: 500, severity: 'warning' },
    ]);
  });

  it('says nothing of a complete day', () => {
    expect(completenessFindings({ complete: true, rows: { ...rows, expected: 400 } })).toEqual([]);
  });
});
