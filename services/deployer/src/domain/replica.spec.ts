import { at, replica } from '../testing/deployment.examples';
import { heard, isAfter, isExpected, saysOtherThan } from './replica';

const { aliveSince: _alive, reportedAt: _reported, ...report } = replica();
const taken = { report, saidAt: 0, stream: 'replicas/0', offset: 7 };

describe('a report of a replica', () => {
  it('keeps the start of an unbroken run of reports', () => {
    expect(heard(replica(), taken, at(14))).toMatchObject({ aliveSince: at(0), reportedAt: at(14) });
  });

  it('is as old as it was under way', () => {
    const late = heard(replica({ reportedAt: at(10) }), taken, at(60), 45_000);
    expect(late).toMatchObject({ reportedAt: at(15), aliveSince: at(0) });
    expect(isExpected(late, at(60))).toBe(false);
  });

  it.each([
    ['the first', null],
    ['one after three silent heartbeats', replica()],
    ['one after a stop', replica({ state: 'stopped', reportedAt: at(14) })],
  ])('%s begins a new run', (_, known) => {
    expect(heard(known, taken, at(15))).toMatchObject({ aliveSince: at(15) });
  });

  it('counts for three heartbeats, and not at all when it was heard by a clock that was set back since', () => {
    const known = replica({ reportedAt: at(3600) });
    expect([3585, 3586, 3614, 3615, 0].map((now) => isExpected(known, at(now)))).toEqual([
      ...[false, true, true, false, false],
    ]);
  });

  it.each([
    ['the one before', 6, false],
    ['the same', 7, false],
    ['the next', 8, true],
  ])('that was delivered again is known by where it lies: %s', (_, offset, expected) => {
    const known = heard(null, taken, at(0));
    expect(isAfter({ ...taken, offset }, known)).toBe(expected);
    expect(isAfter({ ...taken, offset, stream: 'replicas.retry/0' }, known)).toBe(true);
    expect(isAfter({ ...taken, offset, saidAt: 1 }, known)).toBe(true);
  });

  it('tells of a change, or only that the replica is alive', () => {
    expect(saysOtherThan(report, replica())).toBe(false);
    expect(saysOtherThan({ ...report, heartbeatSeconds: 9 }, replica())).toBe(false);
    const changes = [{ state: 'failed' as const }, { version: 'v9' }, { rolloutId: 'r-9' }];
    expect(changes.map((change) => saysOtherThan({ ...report, ...change }, replica()))).toEqual([true, true, true]);
  });
});
