import type { Evidence } from '../evidence/evidence';
import { event, goodEvents, goodEvidence } from '../testing/evidence.examples';
import { describeViolations, violationsOf } from './invariants';

const onDay = (day: string, more: object = {}) => ({ cycleId: `p/${day}`, day, ...more });
const withEvents = (...more: Evidence['events']): Partial<Evidence> => ({ events: [...goodEvents, ...more] });
const without = (id: string): Partial<Evidence> => ({ events: goodEvents.filter((each) => each.id !== id) });
const stored = (...recordIds: string[]): Partial<Evidence> => ({
  stored: [{ batchId: 'p/d1', day: 'd1', recordIds }, ...goodEvidence.stored.slice(1)],
});
const [trigger, resolve] = goodEvidence.pages as [Evidence['pages'][number], Evidence['pages'][number]];

const rulesOf = (changes: Partial<Evidence>) => violationsOf({ ...goodEvidence, ...changes }).map(({ rule }) => rule);

describe('the invariants', () => {
  it('hold for a good history', () => {
    expect(violationsOf(goodEvidence)).toEqual([]);
    expect(describeViolations(goodEvidence)).toBe('');
  });

  it.each<[string, Partial<Evidence>, string]>([
    ['a second cycle of a day', withEvents(event('started', 'x', onDay('d3'))), 'one cycle per day'],
    ['a cycle of a day that nobody pushed', withEvents(event('started', 'x', onDay('d4'))), 'one cycle per day'],
    ['a day without a cycle', without('s3'), 'one cycle per day'],
    [
      'an attempt asked for twice',
      withEvents(event('requested', 'x', onDay('d2', { attempt: 2 }))),
      'bounded attempts',
    ],
    ['an attempt left out', without('r2'), 'bounded attempts'],
    ['more attempts than allowed', { maxAttempts: 1 }, 'bounded attempts'],
    ['a cycle that does not end', without('e3'), 'one end per cycle'],
    ['a cycle that ends twice', withEvents(event('kept', 'x', onDay('d3'))), 'one end per cycle'],
    ['a cycle with two different ends', withEvents(event('promoted', 'x', onDay('d2'))), 'one end per cycle'],
    ['an attempt after the end', withEvents(event('requested', 'x', onDay('d1', { attempt: 2 }))), 'one end per cycle'],
    [
      'a run with two results',
      withEvents(event('completed', 'x', { cycleId: 'p/d1', runId: 'p.d1.1' })),
      'one result per run',
    ],
    [
      'a version registered twice',
      withEvents(event('registered', 'x', { cycleId: 'p/d2', version: '1' })),
      'versions registered once',
    ],
    [
      'two versions of one cycle',
      withEvents(event('registered', 'x', { cycleId: 'p/d1', version: '2' })),
      'versions registered once',
    ],
    ['a version that the registry does not hold', { versions: [] }, 'versions registered once'],
    [
      'a version that was never announced',
      { versions: [...goodEvidence.versions, { version: '2', cycleId: 'p/d2' }] },
      'versions registered once',
    ],
    ['a batch told of twice', withEvents(event('updated', 'x', { view: 'p', batchId: 'p/d1' })), 'facts told once'],
    ['a lost row', stored('a'), 'rows stored once'],
    ['a row stored twice', stored('a', 'b', 'b'), 'rows stored once'],
    ['a row that nobody pushed', stored('a', 'b', 'z'), 'rows stored once'],
    ['a row of another day', stored('a', 'b', 'd'), 'rows stored once'],
    ['a day that was not stored', { stored: goodEvidence.stored.slice(1) }, 'rows stored once'],
    [
      'a correction that stores a row again',
      { stored: [...goodEvidence.stored, { batchId: 'p/d1~1', day: 'd1', recordIds: ['a'] }] },
      'rows stored once',
    ],
    ['nobody paged', { pages: [] }, 'one page per incident'],
    ['a page not taken back', { pages: [trigger] }, 'one page per incident'],
    ['a second page after the recovery', { pages: [trigger, resolve, trigger, resolve] }, 'one page per incident'],
    [
      'a page without an exhausted cycle',
      { pages: [trigger, resolve, { ...trigger, dedup_key: 'p/d3' }, { ...resolve, dedup_key: 'p/d3' }] },
      'one page per incident',
    ],
    ['a dead letter', { deadLetters: [{ topic: 't', code: 'HANDLER_FAILED', message: 'm' }] }, 'no dead letters'],
  ])('tell of %s', (_case, changes, rule) => {
    const rules = rulesOf(changes);
    expect(rules).toContain(rule);
  });

  it('let a repeated trigger of an open incident pass, as PagerDuty does', () => {
    expect(rulesOf({ pages: [trigger, trigger, resolve, resolve] })).toEqual([]);
  });

  it('show the history around a violation', () => {
    const text = describeViolations({ ...goodEvidence, ...withEvents(event('kept', 'x', onDay('d3'))) });
    expect(text).toMatch(/^one end per cycle: p\/d3: 2 events end it\n/);
    expect(text).toMatch(/^> .*model-kept.*\(x at topic\/0\/x\)$/m);
    expect(text).toMatch(/^ {2}.*attempts-exhausted.*\(e2 at/m);
    expect(text).not.toContain('(s1 at');
  });
});
