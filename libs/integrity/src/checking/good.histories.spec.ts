import * as fc from 'fast-check';
import { goodHistory } from '../testing/good.history';
import { fullPlan } from '../testing/history.plan';
import { historyPlan } from '../testing/history.plan.arbitrary';
import { checkHistory, violatedBy } from './check.history';

describe('any history without faults', () => {
  it('breaks no guarantee', () => {
    fc.assert(fc.property(historyPlan, (plan) => expect(violatedBy(goodHistory(plan))).toEqual([])));
  });

  it('breaks none while it is still under way, wherever it is cut off', () => {
    fc.assert(
      fc.property(historyPlan, fc.double({ min: 0, max: 1, noNaN: true }), (plan, share) => {
        const {
          documents: _later,
          changes: _too,
          serving: _then,
          served: _so,
          pages: _paged,
          groups: _read,
          ...history
        } = goodHistory(plan);
        const events = history.events!.slice(0, Math.floor(history.events!.length * share));
        expect(violatedBy({ ...history, events, atRest: false })).toEqual([]);
      }),
    );
  });

  it('breaks none where nothing but events and pages were observed', () => {
    fc.assert(
      fc.property(historyPlan, (plan) => {
        const { pipelines, atRest, events, pages, folded, serving } = goodHistory(plan);
        expect(violatedBy({ pipelines, atRest, events, pages, folded, serving })).toEqual([]);
      }),
    );
  });

  it('asks no cycle of a pipeline for what was ready before it was declared', () => {
    const [plan] = fullPlan.pipelines;
    const history = goodHistory({ pipelines: [plan!], repeatEvery: 0 });
    const late = { name: 'late', dataset: 'p', maxAttempts: 3 };
    const violated = (since: string | undefined) =>
      violatedBy({ ...history, pipelines: [...history.pipelines, { ...late, since }] });
    expect(violated('2027-01-01T00:00:00.000Z')).toEqual([]);
    expect(violated(undefined)).toEqual(['one-cycle-per-day']);
  });

  it('proves nothing of what was not observed', () => {
    const { pipelines, atRest } = goodHistory({ pipelines: [], repeatEvery: 0 });
    const { results } = checkHistory({ pipelines, atRest });
    expect(results.map(({ finding }) => finding.outcome)).toEqual(results.map(() => 'not-checked'));
    expect(results.every(({ finding }) => 'cause' in finding && finding.cause === 'unobserved')).toBe(true);
  });
});
