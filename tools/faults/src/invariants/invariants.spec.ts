import { checkHistory } from '@perennial/integrity';
import { event, goodEvents, goodEvidence } from '../testing/evidence.examples';
import type { Evidence } from '../evidence/evidence';
import { historyOf } from '../evidence/history.of.evidence';
import { describeViolations, violationsOf } from './invariants';

const rulesOf = (changes: Partial<Evidence>): string[] =>
  violationsOf({ ...goodEvidence, ...changes }).map(({ rule }) => rule);
const stored = (...recordIds: string[]) => ({
  stored: [{ batchId: 'p/d1', day: 'd1', recordIds }, ...goodEvidence.stored.slice(1)],
});
const [trigger, resolve] = goodEvidence.pages as [Evidence['pages'][number], Evidence['pages'][number]];
const keptTwice = {
  events: [...goodEvents, event('kept', 'x', { cycleId: 'p/d3', pipeline: 'p', day: 'd3', version: '1' })],
};

describe('the checker over the evidence of a scenario', () => {
  it('is satisfied where all went well, and says what it could not see', () => {
    expect(describeViolations(goodEvidence)).toBe('');
    const { results } = checkHistory(historyOf(goodEvidence));
    const unseen = results.filter(({ finding }) => 'cause' in finding && finding.cause === 'unobserved');
    expect(unseen.map(({ name }) => name)).toEqual(expect.arrayContaining(['outbox-drains', 'offsets-behind-effects']));
  });

  it.each<[string, Partial<Evidence>, string]>([
    ['a lost row', stored('a'), 'accepted-rows-stored-once'],
    ['a row stored twice', stored('a', 'b', 'b'), 'accepted-rows-stored-once'],
    ['a row that nobody pushed', stored('a', 'b', 'z'), 'accepted-rows-stored-once'],
    ['a row of another day', stored('a', 'b', 'd'), 'accepted-rows-stored-once'],
    ['a day that was not stored', { stored: goodEvidence.stored.slice(1) }, 'accepted-rows-stored-once'],
    ['a version that the registry does not hold', { versions: [] }, 'versions-registered-once'],
    ['a replica that lags behind', { serving: ['1', '0'] }, 'replicas-converge'],
    ['nobody paged', { pages: [] }, 'one-page-per-incident'],
    ['a second page', { pages: [trigger, resolve, trigger, resolve] }, 'one-page-per-incident'],
    ['a cycle that ends twice', keptTwice, 'one-end-per-cycle'],
    [
      'a dead letter',
      { deadLetters: [{ topic: 't', code: 'HANDLER_FAILED', message: 'm' }] },
      'no-dead-letters-without-poison',
    ],
  ])('tells of %s', (_case, changes, rule) => {
    expect(rulesOf(changes)).toContain(rule);
  });

  it('shows the history around a violation', () => {
    const text = describeViolations({ ...goodEvidence, ...keptTwice });
    expect(text).toMatch(/^one-end-per-cycle: p\/d3: 2 events end it$/m);
    expect(text).toMatch(/^> .*model-kept.*\(x at /m);
  });
});
