import { emptyLedger, entryOf, isSettled, record } from './day.ledger';
import type { Observation } from './platform.observation';

const day = '2026-01-03';
const cycle = { cycleId: `credit-default/${day}`, pipeline: 'credit-default', day };
const observation = (kind: string, data: object) => ({ kind, data }) as Observation;
const judged = (role: string, value: number) =>
  observation('modelJudged', { ...cycle, role, metrics: { f1: { value, low: null, high: null } } });
const closed = observation('batchClosed', { day, correctionOf: null, rows: { accepted: 10, quarantined: 2 } });
const attempt = (number: number) => observation('retrainingRequested', { ...cycle, attempt: number });
const promoted = observation('modelPromoted', cycle);
const registered = observation('versionRegistered', { ...cycle, version: 'v2' });
const rolledOut = observation('rolloutCompleted', { cycleId: cycle.cycleId, version: 'v2' });

const after = (...observations: Observation[]) => observations.reduce(record, emptyLedger);

describe('the ledger', () => {
  const story = [
    closed,
    judged('incumbent', 0.2),
    attempt(1),
    judged('candidate', 0.5),
    promoted,
    registered,
    rolledOut,
  ];

  it('keeps what a promoted day was', () => {
    const ledger = after(...story);
    expect(ledger.serving).toBe('v2');
    expect(entryOf(ledger, day)).toEqual({
      ...{ day, rows: 10, rejected: 2, verdict: 'promoted', attempts: 1, incumbentF1: 0.2, candidateF1: 0.5 },
      ...{ promotedVersion: 'v2', rolledOut: true, failure: null },
    });
  });

  it('is the same when every event comes twice, and when attempts come again late', () => {
    expect(after(...story, ...story)).toEqual(after(...story));
    expect(entryOf(after(attempt(2), attempt(1)), day).attempts).toBe(2);
  });

  it('keeps the score of the best candidate', () => {
    const scores = [judged('candidate', 0.3), judged('candidate', 0.4), judged('candidate', 0.2)];
    expect(entryOf(after(...scores), day).candidateF1).toBe(0.4);
  });

  it('does not take a correction for the day', () => {
    const correction = observation('batchClosed', { day, correctionOf: 'b', rows: { accepted: 1, quarantined: 0 } });
    expect(entryOf(after(closed, correction), day).rows).toBe(10);
  });

  it('settles a promoted day only when the version serves', () => {
    expect(isSettled(entryOf(after(promoted), day))).toBe(false);
    expect(isSettled(entryOf(after(promoted, rolledOut), day))).toBe(true);
    expect(isSettled(entryOf(after(observation('modelKept', cycle)), day))).toBe(true);
    expect(isSettled(entryOf(after(observation('attemptsExhausted', cycle)), day))).toBe(true);
  });

  it('says why a day was skipped or a rollout failed', () => {
    const skipped = observation('cycleSkipped', { ...cycle, reason: 'data-quality', details: ['rowCount'] });
    expect(entryOf(after(skipped), day).failure).toBe('data-quality: rowCount');
    const failed = observation('rolloutFailed', { cycleId: cycle.cycleId, version: 'v2', reason: 'timeout' });
    expect(entryOf(after(failed), day).failure).toBe('rollout of v2: timeout');
  });
});
