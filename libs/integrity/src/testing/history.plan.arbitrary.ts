import * as fc from 'fast-check';
import type { DayPlan, HistoryPlan } from './history.plan';

const attemptsOf = ({ outcome, attempts }: DayPlan): number => {
  if (outcome === 'exhausted') return 3;
  return outcome === 'promoted' ? attempts : 0;
};

const day = fc
  .record<DayPlan>({
    outcome: fc.constantFrom('kept', 'promoted', 'exhausted', 'skipped'),
    attempts: fc.integer({ min: 1, max: 3 }),
    failedRun: fc.boolean(),
    rows: fc.integer({ min: 5, max: 30 }),
    refused: fc.nat({ max: 3 }),
    late: fc.nat({ max: 2 }),
  })
  .map((plan) => ({ ...plan, attempts: attemptsOf(plan) }));

/** Nothing can be kept before the first model was promoted. */
const days = fc.array(day, { minLength: 1, maxLength: 5 }).map((plans) =>
  plans.map((plan, index) => {
    const served = plans.slice(0, index).some(({ outcome }) => outcome === 'promoted');
    return plan.outcome === 'kept' && !served ? { ...plan, outcome: 'skipped' as const } : plan;
  }),
);

export const historyPlan: fc.Arbitrary<HistoryPlan> = fc
  .record({ lives: fc.array(days, { minLength: 1, maxLength: 3 }), repeatEvery: fc.nat({ max: 6 }) })
  .map(({ lives, repeatEvery }) => ({
    pipelines: lives.map((each, index) => ({ name: `p${index}`, days: each })),
    repeatEvery,
  }));
