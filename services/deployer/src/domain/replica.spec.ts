import { at, replica } from '../testing/deployment.examples';
import { heard, isExpected } from './replica';

const { aliveSince: _alive, reportedAt: _reported, ...report } = replica();

describe('a report of a replica', () => {
  it('keeps the start of an unbroken run of reports', () => {
    expect(heard(replica(), report, at(14))).toMatchObject({ aliveSince: at(0), reportedAt: at(14) });
  });

  it('is as old as it was under way', () => {
    const late = heard(replica({ reportedAt: at(10) }), report, at(60), 45_000);
    expect(late).toMatchObject({ reportedAt: at(15), aliveSince: at(0) });
    expect(isExpected(late, at(60))).toBe(false);
  });

  it.each([
    ['the first', null],
    ['one after three silent heartbeats', replica()],
    ['one after a stop', replica({ state: 'stopped', reportedAt: at(14) })],
  ])('%s begins a new run', (_, known) => {
    expect(heard(known, report, at(15))).toMatchObject({ aliveSince: at(15) });
  });

  it('counts for three heartbeats, and not at all when it was heard by a clock that was set back since', () => {
    const known = replica({ reportedAt: at(3600) });
    expect([3585, 3586, 3614, 3615, 0].map((now) => isExpected(known, at(now)))).toEqual([
      ...[false, true, true, false, false],
    ]);
  });
});
