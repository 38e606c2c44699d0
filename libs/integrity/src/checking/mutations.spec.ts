import * as fc from 'fast-check';
import { invariants } from '../invariants';
import { goodHistory } from '../testing/good.history';
import { fullPlan } from '../testing/history.plan';
import { historyPlan } from '../testing/history.plan.arbitrary';
import { mutations } from '../testing/mutations';
import { violatedBy } from './check.history';

const { seed, numRuns = 100 } = fc.readConfigureGlobal();

/** Two pipelines that hold something for every mutation, and others beside them; made once, as this takes longer. */
const pool = fc
  .sample(historyPlan, { seed, numRuns: 10 })
  .map(({ pipelines, repeatEvery }) => goodHistory({ pipelines: [...fullPlan.pipelines, ...pipelines], repeatEvery }));

describe('the checker', () => {
  it.each(mutations.map((mutation) => [mutation.name, mutation] as const))('tells when %s', (_name, mutation) => {
    const picks = fc.infiniteStream(fc.nat());
    fc.assert(
      fc.property(fc.constantFrom(...pool), picks, (history, numbers) => {
        const pick = (choices: number) => (choices === 0 ? 0 : (numbers.next().value as number) % choices);
        const damaged = mutation.apply(history, pick);
        expect(damaged).not.toBeNull();
        expect(violatedBy(damaged!).sort()).toEqual([...mutation.breaks].sort());
      }),
      { numRuns: Math.ceil(numRuns / 10) },
    );
  });

  it('has a way to break each guarantee', () => {
    const broken = new Set(mutations.flatMap(({ breaks }) => breaks));
    expect(invariants.map(({ name }) => name).filter((name) => !broken.has(name))).toEqual([]);
  });
});
