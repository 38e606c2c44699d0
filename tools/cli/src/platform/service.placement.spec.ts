import { nicenessOf } from './service.placement';

describe('the niceness of a service', () => {
  it('is that of bulk work, which may be set, and none for those who answer clients', () => {
    expect(nicenessOf('ingestion', {})).toBe(5);
    expect(nicenessOf('ingestion', { PERENNIAL_NICENESS: '0' })).toBe(0);
    expect(nicenessOf('inference', { PERENNIAL_NICENESS: '19' })).toBe(0);
  });

  it.each(['-1', '20', '2.5', 'low'])('%s is refused', (text) => {
    const rule = `PERENNIAL_NICENESS ${text}: must be a whole number from 0 to 19`;
    expect(() => nicenessOf('trainer', { PERENNIAL_NICENESS: text })).toThrow(rule);
  });
});
