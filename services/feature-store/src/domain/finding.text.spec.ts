import { findingText } from './finding.text';

describe('a quality finding as text', () => {
  it.each([
    [
      { check: 'nullShare', column: 'age', observed: 1 / 3, limit: 0.25, severity: 'failure' as const },
      'failure: share of nulls of age is 0.3333, above the limit of 0.25',
    ],
    [
      { check: 'rowCount', observed: 1200, limit: 1500, severity: 'failure' as const },
      'failure: row count is 1200, below the limit of 1500',
    ],
    [
      { check: 'another', observed: 0, limit: 0, severity: 'warning' as const },
      'warning: another is 0, at the limit of 0',
    ],
  ])('%j', (finding, text) => {
    expect(findingText(finding)).toBe(text);
  });
});
