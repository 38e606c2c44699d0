import fc from 'fast-check';
import { mostTurnsWhileOthersWaited, overtakers, simulateQueue, type SimulatedRun } from '../testing/queue.simulation';
import { claimOrder } from './claim.order';

const at = (second: number): string => new Date(Date.UTC(2026, 0, 4, 0, 0, second)).toISOString();
const waiting = (runId: string, readySecond: number) => {
  return { runId, pipeline: runId.split('.')[0] as string, readyAt: at(readySecond) };
};
const order = (...given: Parameters<typeof claimOrder>) => claimOrder(...given).map(({ runId }) => runId);

/** Up to three runs of each of up to six pipelines, of which some fail for reasons outside and come again. */
const runs = fc
  .array(
    fc.record({
      pipeline: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      arrives: fc.nat(60),
      takes: fc.integer({ min: 1, max: 20 }),
      pauses: fc.array(fc.integer({ min: 0, max: 15 }), { maxLength: 4 }),
    }),
    { minLength: 2, maxLength: 18 },
  )
  .map((all) => all.map((run, index): SimulatedRun => ({ ...run, runId: `${run.pipeline}.${index}` })));

describe('whose run is taken up next', () => {
  it('is the one that waits longest, where no pipeline was served before', () => {
    expect(order([waiting('b.1', 2), waiting('a.1', 3), waiting('c.1', 1)], [])).toEqual(['c.1', 'b.1', 'a.1']);
  });

  it('is not that of a pipeline that was served while the others waited', () => {
    const queue = [waiting('a.1', 1), waiting('b.1', 5)];
    expect(order(queue, [{ pipeline: 'a', at: at(6) }])).toEqual(['b.1', 'a.1']);
    expect(order(queue, [{ pipeline: 'a', at: at(4) }])).toEqual(['a.1', 'b.1']);
  });

  it('takes one run of each pipeline before a second one of any', () => {
    const queue = [waiting('a.1', 1), waiting('a.2', 2), waiting('a.3', 3), waiting('b.1', 9)];
    expect(order(queue, [])).toEqual(['a.1', 'b.1', 'a.2', 'a.3']);
  });

  it('does not depend on the order in which the store gives them', () => {
    const queue = [waiting('a.1', 1), waiting('b.1', 1), waiting('c.1', 1)];
    expect(order([...queue].reverse(), [])).toEqual(order(queue, []));
  });
});

describe('whatever comes, fails and comes again', () => {
  it('no pipeline takes two turns while another one waits', () => {
    fc.assert(
      fc.property(runs, fc.integer({ min: 1, max: 3 }), (given, trainers) => {
        expect(mostTurnsWhileOthersWaited(simulateQueue(given, trainers))).toBeLessThanOrEqual(1);
      }),
      { numRuns: 150 },
    );
  });

  it('with one trainer the k-th waiting pipeline begins within k times the longest run', () => {
    fc.assert(
      fc.property(runs, (given) => {
        const claims = simulateQueue(given, 1);
        const longest = Math.max(...given.map(({ takes }) => takes));
        for (const claim of claims) {
          const ahead = overtakers(claims, claim);
          const began = Math.max(
            claim.readyAt,
            ...claims
              .filter(({ at: then, pipeline }) => pipeline === claim.pipeline && then < claim.at)
              .map(({ at: then }) => then),
          );
          // One more: what was under way when it began to wait.
          expect(claim.at - began).toBeLessThanOrEqual((ahead.length + 1) * longest);
          expect(ahead.length).toBeLessThanOrEqual(new Set(given.map(({ pipeline }) => pipeline)).size - 1);
        }
      }),
      { numRuns: 150 },
    );
  });

  it('everything is taken up as often as it comes', () => {
    fc.assert(
      fc.property(runs, fc.integer({ min: 1, max: 3 }), (given, trainers) => {
        const expected = given.reduce((sum, { pauses }) => sum + 1 + pauses.length, 0);
        expect(simulateQueue(given, trainers)).toHaveLength(expected);
      }),
      { numRuns: 100 },
    );
  });

  it.each([
    ['the oldest run first', (a: SimulatedRun, b: SimulatedRun) => a.arrives - b.arrives],
    ['by name', (a: SimulatedRun, b: SimulatedRun) => (a.runId < b.runId ? -1 : 1)],
  ])('a queue that serves %s is found unfair (the measure sees it)', (_name, compare) => {
    const unfair = fc.sample(runs, { numRuns: 200, seed: 7 }).map((given) => {
      const known = new Map(given.map((run) => [run.runId, run]));
      const run = (runId: string) => known.get(runId) as SimulatedRun;
      const discipline = (queue: readonly { runId: string; pipeline: string; readyAt: string }[]) =>
        [...queue].sort((a, b) => compare(run(a.runId), run(b.runId)));
      return mostTurnsWhileOthersWaited(simulateQueue(given, 1, discipline));
    });
    expect(Math.max(...unfair)).toBeGreaterThan(1);
  });
});
