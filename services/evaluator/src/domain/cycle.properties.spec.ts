import fc from 'fast-check';
import {
  arrive,
  completed,
  failed,
  incumbent,
  judged,
  judgementFailed,
  later,
  policy,
  run,
  start,
} from '../testing/cycle.examples';
import type { CycleEvent } from './cycle.events';
import type { CycleInput } from './cycle.inputs';
import type { Later } from '../testing/cycle.examples';
import { isTerminal } from './cycle.state';

const attempt = fc.integer({ min: 0, max: 6 });
const f1 = fc.option(fc.double({ min: 0, max: 1, noNaN: true }));

/** Starts differ in what they carry: the first one that fits fixes the terms. */
const startWith = fc
  .record({ maxAttempts: fc.integer({ min: 1, max: 5 }), first: fc.boolean() })
  .map(({ maxAttempts, first }) => start({ policy: { ...policy, maxAttempts }, incumbent: first ? null : incumbent }));

const passing = fc.constantFrom(0, 1, policy.attemptTimeoutMs - 1, policy.attemptTimeoutMs).map((ms) => later(ms));

const input: fc.Arbitrary<CycleInput | Later> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(arrive()) },
  { weight: 1, arbitrary: startWith },
  { weight: 4, arbitrary: fc.tuple(attempt, f1).map(([n, value]) => judged(n, value)) },
  { weight: 1, arbitrary: attempt.map(judgementFailed) },
  { weight: 4, arbitrary: attempt.map(completed) },
  { weight: 2, arbitrary: attempt.map(failed) },
  { weight: 2, arbitrary: passing },
);

/** What a cycle hears when all goes as it should: the incumbent's score, then a run and its score per attempt. */
const course = fc
  .tuple(startWith, f1, fc.array(fc.tuple(fc.boolean(), f1), { maxLength: 6 }))
  .map(([first, incumbentScore, outcomes]) => [
    arrive(),
    first,
    judged(0, incumbentScore),
    ...outcomes.flatMap(([fails, score], n) => (fails ? [failed(n + 1)] : [completed(n + 1), judged(n + 1, score)])),
  ]);

/** A course disturbed: noise between its steps, steps lost, repeated or out of order; or nothing but noise. */
const noise = fc.array(input, { maxLength: 3 });
const sequence = fc.oneof(
  {
    weight: 3,
    arbitrary: course
      .chain((steps) => fc.tuple(...steps.map((step) => fc.tuple(fc.constant(step), noise))))
      .map((pairs) => pairs.flatMap(([step, extra]) => [step, ...extra])),
  },
  { weight: 1, arbitrary: course.chain((steps) => fc.shuffledSubarray([...steps, ...steps])) },
  { weight: 1, arbitrary: fc.array(input, { maxLength: 80 }) },
);

const TERMINAL = ['model-kept', 'cycle-skipped', 'model-promoted', 'attempts-exhausted'];
const count = (events: readonly CycleEvent[], ...types: string[]): number =>
  events.filter((event) => types.includes(event.type)).length;

/** What a run says after its attempt expired is kept, and has no effect. */
const effects = (events: readonly CycleEvent[]) => events.filter(({ type }) => type !== 'late-result-ignored');

const settings = { numRuns: 2000 };

describe('whatever comes, in whatever order and however often', () => {
  it('at most maxAttempts retraining requests go out, each with its own number', () => {
    fc.assert(
      fc.property(sequence, (inputs) => {
        const { cycle, history } = run(inputs);
        const attempts = history.flatMap((event) =>
          event.type === 'retraining-requested' ? [event.data.attempt] : [],
        );
        expect(attempts.length).toBeLessThanOrEqual(cycle?.terms?.policy.maxAttempts ?? 0);
        expect(attempts).toEqual(attempts.map((_, index) => index + 1));
      }),
      settings,
    );
  });

  it('a cycle starts at most once and ends at most once, and nothing follows the end', () => {
    fc.assert(
      fc.property(sequence, (inputs) => {
        const { cycle, history } = run(inputs);
        expect(count(history, 'cycle-started')).toBeLessThanOrEqual(1);
        const ends = count(history, ...TERMINAL);
        expect(ends).toBe(cycle && isTerminal(cycle.status) ? 1 : 0);
        if (ends === 1) expect(TERMINAL).toContain(effects(history).at(-1)?.type);
      }),
      settings,
    );
  });

  it('a promotion directly follows a passing judgement of the same candidate', () => {
    fc.assert(
      fc.property(sequence, (inputs) => {
        const { history } = run(inputs);
        const at = history.findIndex((event) => event.type === 'model-promoted');
        if (at < 0) return;
        const [judgement, promotion] = [history[at - 1], history[at]];
        if (judgement?.type !== 'model-judged' || promotion?.type !== 'model-promoted') throw new Error('no judgement');
        expect(judgement.data.verdict.passed).toBe(true);
        expect(judgement.data.role).toBe('candidate');
        expect(judgement.data.model).toEqual(promotion.data.candidate);
        expect(judgement.data.metrics.f1.value).toBeGreaterThanOrEqual(policy.gate.threshold);
      }),
      settings,
    );
  });

  it('repeating every input changes nothing', () => {
    fc.assert(
      fc.property(sequence, (inputs) => {
        const twice = inputs.flatMap((each) => [each, each.type === 'later' ? later(0) : each]);
        expect(run(twice).history).toEqual(run(inputs).history);
      }),
      settings,
    );
  });

  it('replaying the whole history from any point changes nothing once the cycle has ended', () => {
    fc.assert(
      fc.property(sequence, fc.nat(), (inputs, from) => {
        const once = run(inputs);
        if (!once.cycle || !isTerminal(once.cycle.status)) return;
        const replayed = run([...inputs, ...inputs.slice(from % inputs.length)]).history;
        expect(effects(replayed)).toEqual(effects(once.history));
      }),
      settings,
    );
  });

  it('no attempt is waited for without end: silence uses up the attempts', () => {
    fc.assert(
      fc.property(sequence, (inputs) => {
        const { cycle } = run(inputs);
        if (cycle?.status !== 'improving') return;
        const left = (cycle.terms?.policy.maxAttempts ?? 0) - cycle.attempts.length + 1;
        expect(run([...inputs, ...Array.from({ length: left }, () => later())]).cycle?.status).toBe('exhausted');
      }),
      settings,
    );
  });

  it('a result counts only when it came before the deadline of its attempt', () => {
    fc.assert(
      fc.property(sequence, (inputs) => {
        for (const { expired, candidate, judgement } of run(inputs).cycle?.attempts ?? []) {
          if (expired) expect([candidate, judgement]).toEqual([null, null]);
        }
      }),
      settings,
    );
  });

  it('hears late results (the generator is not vacuous)', () => {
    const kept = fc.sample(sequence, 3000).map((inputs) => count(run(inputs).history, 'late-result-ignored'));
    expect(Math.max(...kept)).toBeGreaterThan(0);
  });

  it('reaches every end (the generator is not vacuous)', () => {
    const ends = new Set(fc.sample(sequence, 3000).map((inputs) => run(inputs).cycle?.status));
    for (const end of ['kept', 'promoted', 'exhausted']) expect(ends).toContain(end);
  });
});
