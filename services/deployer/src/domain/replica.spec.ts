import { at, replica } from '../testing/deployment.examples';
import { heard } from './replica';

const report = (seconds: number) => {
  const { aliveSince: _, ...rest } = replica({ reportedAt: at(seconds) });
  return rest;
};

describe('a report of a replica', () => {
  it('keeps the start of an unbroken run of reports', () => {
    expect(heard(replica(), report(14), at(14))).toMatchObject({ aliveSince: at(0), reportedAt: at(14) });
  });

  it.each([
    ['the first', null],
    ['one after three silent heartbeats', replica()],
    ['one after a stop', replica({ state: 'stopped', reportedAt: at(14) })],
  ])('%s begins a new run', (_, known) => {
    expect(heard(known, report(15), at(15))).toMatchObject({ aliveSince: at(15) });
  });

  it('older than what is known is dropped', () => {
    expect(heard(replica({ reportedAt: at(5) }), report(4), at(6))).toBeNull();
  });

  it('from the future counts as one of now', () => {
    expect(heard(null, report(100), at(10))).toMatchObject({ reportedAt: at(10), aliveSince: at(10) });
  });
});
