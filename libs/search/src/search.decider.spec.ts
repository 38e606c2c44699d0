import fc from 'fast-check';
import { leaderboard } from './leaderboard';
import { decide, randomSearch, type Sampler } from './search.decider';
import { configurationKey, type SearchSpace } from './search.space';
import { evolveAll, type SearchDeclaration, type SearchEvent } from './search.state';
import { instant, simulate } from './testing/search.simulation';

const range = (min: number, max: number) => ({ min, max, scale: 'linear', integer: false }) as const;
const space: SearchSpace = {
  plane: { x: range(-1, 1), y: range(-1, 1) },
  line: { x: range(0, 2), shape: { choices: ['up', 'down'] }, size: { choices: [3] } },
};
const declaration = (given: Partial<SearchDeclaration> = {}): SearchDeclaration => ({
  space,
  metric: 'rocAuc',
  budget: { trials: 20, seconds: 3600 },
  parallel: 1,
  halving: null,
  ...given,
});
const halving = { minimum: 0.1, factor: 3 };
const started = (events: readonly SearchEvent[], rung?: number) =>
  events.flatMap((event) =>
    event.type === 'trial-started' && (rung ?? event.rung) === event.rung ? [event.trial] : [],
  );
const firstX = ({ parameters }: { parameters: Readonly<Record<string, unknown>> }) => -Math.abs(Number(parameters.x));

const searches = fc.record({
  trials: fc.integer({ min: 1, max: 30 }),
  parallel: fc.integer({ min: 1, max: 5 }),
  halving: fc.constantFrom(null, halving, { minimum: 0.5, factor: 2 }),
  seed: fc.nat(),
  metric: fc.constantFrom('f1', 'logLoss' as const),
  order: fc.array(fc.nat(), { minLength: 1, maxLength: 20 }),
  failing: fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 8 }),
});

type Given = typeof searches extends fc.Arbitrary<infer T> ? T : never;

function run({ trials, parallel, order, failing, seed, ...given }: Given, sampler?: Sampler) {
  let turn = 0;
  return simulate({
    declaration: declaration({ ...given, parallel, budget: { trials, seconds: 3600 } } as Partial<SearchDeclaration>),
    seed,
    objective: (configuration, share, trial) => (failing.includes(trial) ? null : firstX(configuration) * (2 - share)),
    ends: (count) => (order[turn++ % order.length] as number) % count,
    sampler,
  });
}

describe('whatever order trials end in', () => {
  it('the search asks for every trial once, never for too many at once, and ends', () => {
    fc.assert(
      fc.property(searches, (given) => {
        const { search, events } = run(given, randomSearch);
        expect(search.ended).toBe('trials');
        expect(events.filter(({ type }) => type === 'search-ended')).toHaveLength(1);
        expect(started(events, 0)).toEqual(Array.from({ length: given.trials }, (_, index) => index + 1));
        expect(new Set(search.trials.map(({ configuration }) => configurationKey(configuration))).size).toBe(
          given.trials,
        );
        let running = 0;
        for (const { type } of events) {
          if (type === 'trial-started') running++;
          if (type === 'trial-scored' || type === 'trial-failed') running--;
          expect(running).toBeLessThanOrEqual(given.parallel);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('some trial is trained in full, where one did not fail', () => {
    fc.assert(
      fc.property(searches, (given) => {
        const { search } = run(given, randomSearch);
        const succeeded = search.trials.some(({ failure }) => failure === null);
        expect(search.trials.some(({ scores }) => scores.length === search.rungs.length)).toBe(succeeded);
      }),
      { numRuns: 60 },
    );
  });

  it('the best is the best score on the board', () => {
    fc.assert(
      fc.property(searches, (given) => {
        const { search, events } = run(given, randomSearch);
        const scores = events.flatMap((event) => (event.type === 'trial-scored' ? [event.score] : []));
        const best = given.metric === 'logLoss' ? Math.min(...scores) : Math.max(...scores);
        expect(events.at(-1)).toMatchObject({ best: scores.length === 0 ? null : { score: best } });
        expect(leaderboard(search)[0]?.score).toBe(scores.length === 0 ? undefined : best);
      }),
      { numRuns: 40 },
    );
  });

  it('a search taken up anywhere in its history goes on as it would have', () => {
    fc.assert(
      fc.property(searches, fc.nat(), (given, cut) => {
        const { events } = run(given);
        const told = events.flatMap((event, index) =>
          event.type === 'trial-scored' || event.type === 'trial-failed' ? [index] : [],
        );
        const at = told[cut % told.length] as number;
        const event = events[at] as Extract<SearchEvent, { type: 'trial-scored' | 'trial-failed' }>;
        // Through text, as a store keeps them.
        const before = evolveAll(null, JSON.parse(JSON.stringify(events.slice(0, at))) as SearchEvent[]);
        const again = decide(before, { ...event, type: event.type === 'trial-scored' ? 'score' : 'fail' } as never);
        expect(again).toEqual(events.slice(at, at + again.length));
      }),
      { numRuns: 12 },
    );
  });
});

describe('a search', () => {
  const begun = (given: Partial<SearchDeclaration> = {}) =>
    decide(null, { type: 'start', at: instant(0), declaration: declaration(given), seed: 3 });

  it('starts once, with as many trials as may run', () => {
    const events = begun({ parallel: 3 });
    expect(started(events)).toEqual([1, 2, 3]);
    const search = evolveAll(null, events);
    expect(decide(search, { type: 'start', at: instant(1), declaration: declaration(), seed: 3 })).toEqual([]);
  });

  it('takes a score once, and none of a trial that is not under way', () => {
    const search = evolveAll(null, begun());
    const score = { type: 'score', at: instant(1), trial: 1, rung: 0, score: 0.7, seconds: 1 } as const;
    const after = evolveAll(search, decide(search, score));
    expect(decide(after, score)).toEqual([]);
    expect(decide(search, { ...score, rung: 1 })).toEqual([]);
    expect(decide(search, { ...score, trial: 9 })).toEqual([]);
  });

  it('takes a score that is no number for a failure', () => {
    const search = evolveAll(null, begun());
    const events = decide(search, { type: 'score', at: instant(1), trial: 1, rung: 0, score: NaN, seconds: 1 });
    expect(events[0]).toMatchObject({ type: 'trial-failed', code: 'search.no-score', message: 'the rocAuc is NaN' });
    expect(started(events)).toEqual([2]);
  });

  it('begins no trial after its time, and ends when those under way are done', () => {
    let search = evolveAll(null, begun({ parallel: 2, budget: { trials: 20, seconds: 60 } }));
    const score = (trial: number, second: number) =>
      decide(search, { type: 'score', at: instant(second), trial, rung: 0, score: 0.5, seconds: 1 });
    const late = score(1, 60);
    expect(late.map(({ type }) => type)).toEqual(['trial-scored']);
    search = evolveAll(search, late);
    expect(score(2, 61).at(-1)).toMatchObject({ type: 'search-ended', reason: 'seconds', best: { trial: 1 } });
  });

  it('stops at once with the best so far', () => {
    let search = evolveAll(null, begun({ parallel: 2 }));
    search = evolveAll(
      search,
      decide(search, { type: 'score', at: instant(1), trial: 2, rung: 0, score: 0.6, seconds: 1 }),
    );
    const [end] = decide(search, { type: 'stop', at: instant(2) });
    expect(end).toMatchObject({ type: 'search-ended', reason: 'stopped', best: { trial: 2, rung: 0, score: 0.6 } });
    search = evolveAll(search, [end as SearchEvent]);
    expect(decide(search, { type: 'score', at: instant(3), trial: 1, rung: 0, score: 0.9, seconds: 1 })).toEqual([]);
    expect(decide(search, { type: 'stop', at: instant(4) })).toEqual([]);
  });

  it('ends when every configuration of a small space was tried', () => {
    const { search } = simulate({
      declaration: declaration({ space: { a: { p: { choices: [1, 2, 3] } }, b: {} } }),
      objective: (_, __, trial) => trial / 10,
    });
    expect(search.ended).toBe('exhausted');
    expect(search.trials).toHaveLength(4);
  });

  it('trains nine, three and one where a third goes on', () => {
    const scores = [5, 1, 9, 3, 8, 2, 7, 4, 6];
    const { events } = simulate({
      declaration: declaration({ halving, budget: { trials: 9, seconds: 3600 } }),
      objective: (_, share, trial) => (scores[trial - 1] as number) + share,
    });
    // Trial 3 goes on as the best of three, 5 as the second of six, 7 as the third of nine; then 3 as the best of those.
    const order = events.flatMap((event) => (event.type === 'trial-started' ? [[event.trial, event.rung]] : []));
    expect(order).toEqual([
      ...[
        [1, 0],
        [2, 0],
        [3, 0],
        [3, 1],
        [4, 0],
        [5, 0],
        [6, 0],
        [5, 1],
        [7, 0],
        [8, 0],
        [9, 0],
      ],
      ...[
        [7, 1],
        [3, 2],
      ],
    ]);
    expect(events.at(-1)).toMatchObject({ best: { trial: 3, rung: 2, score: 10 } });
  });
});
