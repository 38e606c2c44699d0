import { nextVersion } from './version.name';

describe('the name of a version', () => {
  const at = new Date('2026-01-04T06:05:09.999Z');

  it.each([
    [[], '20260104_060509'],
    [['20260104_060509'], '20260104_060509_1'],
    [['20260104_060509', '20260104_060509_1'], '20260104_060509_2'],
    [['20260104_060508'], '20260104_060509'],
  ])('given %j, is %s', (taken, expected) => expect(nextVersion(at, taken)).toBe(expected));
});
