import * as given from '../testing/cycle.examples';
import {
  arrive,
  completed,
  failed,
  judged,
  judgementFailed,
  later,
  run,
  start,
  typesOf,
} from '../testing/cycle.examples';
import type { CycleEvent } from './cycle.events';

const ofType = <T extends CycleEvent['type']>(events: readonly CycleEvent[], type: T) =>
  events.filter((event): event is Extract<CycleEvent, { type: T }> => event.type === type);

const oneOf = <T extends CycleEvent['type']>(events: readonly CycleEvent[], type: T) => {
  const [event, ...others] = ofType(events, type);
  if (!event || others.length > 0) throw new Error(`expected one ${type}, got ${JSON.stringify(typesOf(events))}`);
  return event.data as Extract<CycleEvent, { type: T }>['data'];
};

describe('a day whose model holds', () => {
  const { cycle, events } = run([arrive(), start(), judged(0, 0.5)]);

  it('keeps the model', () => {
    expect(typesOf(events)).toEqual(['model-judged', 'model-kept']);
    expect(oneOf(events, 'model-kept')).toMatchObject({ version: '20260101_000000', score: { value: 0.5 } });
    expect(cycle?.status).toBe('kept');
  });

  it('judges by the value, at the threshold itself', () => {
    expect(run([arrive(), start(), judged(0, 0.45)]).cycle?.status).toBe('kept');
    expect(run([arrive(), start(), judged(0, 0.4499)]).cycle?.status).toBe('improving');
  });
});

describe('a day whose model fails', () => {
  it('asks for attempt 1 with the declared strategy, window and base', () => {
    const request = oneOf(run([arrive(), start(), judged(0, 0.2)]).events, 'retraining-requested');
    expect(request).toMatchObject({
      cycleId: 'credit-default/2026-01-04',
      attempt: 1,
      maxAttempts: 3,
      runId: 'credit-default.2026-01-04.1',
      strategy: 'fine-tune',
      batches: ['batch-2026-01-04'],
      base: { version: '20260101_000000' },
      metadataId: 'metadata-1',
      holdoutShare: 0.3,
      validationShare: 0.15,
    });
  });

  it('promotes the first candidate that passes, with its lineage', () => {
    const { cycle, events, history } = run([arrive(), start(), judged(0, 0.2), completed(1), judged(1, 0.49)]);
    expect(typesOf(events)).toEqual(['model-judged', 'model-promoted']);
    expect(oneOf(history, 'model-promoted')).toMatchObject({
      attempt: 1,
      strategy: 'fine-tune',
      candidate: { version: null, runId: 'credit-default.2026-01-04.1', decisionThreshold: 0.5 },
      finetunedFrom: '20260101_000000',
      hyperparameters: { epochs: 3, learningRate: 0.0001 },
      metrics: { f1: { value: 0.49 } },
      incumbentMetrics: { f1: { value: 0.2 } },
      verdict: { passed: true, threshold: 0.45 },
      data: {
        view: 'credit-default',
        viewVersion: 1,
        batches: ['batch-2026-01-04'],
        raw: [{ fileId: 'raw-2026-01-04' }],
      },
    });
    expect(cycle?.status).toBe('promoted');
  });

  it('goes through the attempts as declared and then gives up', () => {
    const { cycle, history } = run([
      arrive(),
      start(),
      judged(0, 0.2),
      completed(1),
      judged(1, 0.4),
      failed(2),
      completed(3),
      judged(3, 0.44),
    ]);
    const requests = ofType(history, 'retraining-requested').map(({ data }) => data);
    expect(requests.map((request) => [request.attempt, request.strategy, request.batches.length])).toEqual([
      [1, 'fine-tune', 1],
      [2, 'fine-tune-search', 3],
      [3, 'train', 4],
    ]);
    expect(requests[2]?.base).toBeNull();
    expect(cycle?.status).toBe('exhausted');
    expect(oneOf(history, 'attempts-exhausted')).toMatchObject({
      metric: 'f1',
      threshold: 0.45,
      holdoutRows: 900,
      incumbent: { version: '20260101_000000', score: { value: 0.2 } },
      attempts: [
        { attempt: 1, score: { value: 0.4 }, failure: null },
        { attempt: 2, score: null, failure: 'TRAINING_DIVERGED: loss is not finite' },
        { attempt: 3, score: { value: 0.44 }, failure: null },
      ],
    });
  });

  it('counts a candidate that cannot be scored as a failed attempt', () => {
    const { events } = run([arrive(), start(), judged(0, 0.2), completed(1), judgementFailed(1)]);
    expect(typesOf(events)).toEqual(['attempt-failed', 'retraining-requested']);
  });

  it('improves on an incumbent that cannot be scored', () => {
    const { events } = run([arrive(), start(), judgementFailed(0)]);
    expect(typesOf(events)).toEqual(['model-judged', 'retraining-requested']);
    expect(oneOf(events, 'model-judged')).toMatchObject({
      metrics: { f1: { value: null } },
      verdict: { passed: false },
    });
  });

  it('trains from the start where the incumbent has no checkpoint', () => {
    const incumbent = { ...given.incumbent, model: given.model({ checkpoint: null }) };
    const { events } = run([arrive(), start({ incumbent }), judged(0, 0.2)]);
    expect(oneOf(events, 'retraining-requested')).toMatchObject({ strategy: 'train', base: null });
  });

  it('repeats the last declared attempt and stops at the maximum', () => {
    const policy = { ...given.policy, maxAttempts: 2, attempts: given.policy.attempts.slice(0, 1) };
    const { history } = run([arrive(), start({ policy }), judged(0, 0.2), failed(1), failed(2)]);
    expect(ofType(history, 'retraining-requested').map(({ data }) => data.strategy)).toEqual([
      'fine-tune',
      'fine-tune',
    ]);
    expect(typesOf(history).at(-1)).toBe('attempts-exhausted');
  });
});

describe('the first day', () => {
  const { events } = run([arrive(), start({ incumbent: null })]);

  it('trains at once, from the start, on every usable batch', () => {
    expect(typesOf(events)).toEqual(['cycle-started', 'retraining-requested']);
    expect(oneOf(events, 'cycle-started').incumbent).toBeNull();
    expect(oneOf(events, 'retraining-requested')).toMatchObject({ attempt: 1, strategy: 'train', base: null });
    expect(oneOf(events, 'retraining-requested').batches).toHaveLength(4);
  });

  it('promotes with no incumbent metrics', () => {
    const { history } = run([arrive(), start({ incumbent: null }), completed(1), judged(1, 0.5)]);
    expect(oneOf(history, 'model-promoted')).toMatchObject({ incumbentMetrics: null, finetunedFrom: null });
  });

  it('gives up with no incumbent score', () => {
    const { history } = run([arrive(), start({ incumbent: null }), failed(1), failed(2), failed(3)]);
    expect(oneOf(history, 'attempts-exhausted')).toMatchObject({ incumbent: null, holdoutRows: 0 });
  });
});

describe('a day without a verdict', () => {
  it('is skipped when its data failed the quality checks', () => {
    const quality = { verdict: 'failed' as const, findings: ['null share of limit_bal 0.4 > 0.2'] };
    const { cycle, history } = run([arrive({ quality }), start()]);
    expect(oneOf(history, 'cycle-skipped')).toMatchObject({ reason: 'data-quality', details: quality.findings });
    expect(cycle?.status).toBe('skipped');
  });

  it('is skipped below the minimum of labelled rows, and not at it', () => {
    const skip = oneOf(run([arrive({ labelledRows: 999 }), start()]).events, 'cycle-skipped');
    expect(skip).toMatchObject({ reason: 'insufficient-data', details: ['labelledRows: 999, gate.minimumRows: 1000'] });
    expect(run([arrive({ labelledRows: 1000 }), start()]).cycle?.status).toBe('judging');
  });

  it('is skipped when the holdout holds no labelled row', () => {
    expect(typesOf(run([arrive(), start(), judged(0, null, 0)]).events)).toEqual(['cycle-skipped']);
  });
});

describe('late, repeated and misplaced inputs', () => {
  const middle = [arrive(), start(), judged(0, 0.2), completed(1), judged(1, 0.3)];

  it.each([
    ['the same day again', arrive()],
    ['a second start', start()],
    ['the run of an old attempt', completed(1)],
    ['the failure of an old attempt', failed(1)],
    ['the judgement of an old attempt', judged(1, 0.9)],
    ['the incumbent once more', judged(0, 0.9)],
    ['a candidate that was not made yet', judged(2, 0.9)],
  ])('%s changes nothing', (_name, input) => {
    expect(run([...middle, input]).events).toEqual([]);
  });

  it('an ended cycle answers nothing', () => {
    const end = [arrive(), start(), judged(0, 0.5)];
    for (const input of [arrive(), start(), judged(0, 0.1), completed(1), failed(1), judged(1, 0.9)]) {
      expect(run([...end, input]).events).toEqual([]);
    }
  });
});

describe('an attempt whose run gives no result', () => {
  const asked = [arrive(), start(), judged(0, 0.2)];
  const hour = given.policy.attemptTimeoutMs;

  it('is waited for until its deadline, which is kept with the attempt', () => {
    const { cycle, events } = run([...asked, later(hour - 1)]);
    expect(events).toEqual([]);
    expect(cycle?.attempts[0]).toMatchObject({ deadline: given.begun + hour, expired: false, failure: null });
  });

  it('then counts as failed with the reason, and the next one is asked for with a deadline of its own', () => {
    const { cycle, events } = run([...asked, later(hour)]);
    expect(typesOf(events)).toEqual(['attempt-failed', 'retraining-requested']);
    const reason = 'ATTEMPT_EXPIRED: run credit-default.2026-01-04.1 gave no result by 2026-01-05T01:00:00.000Z';
    expect(oneOf(events, 'attempt-failed')).toMatchObject({ attempt: 1, reason, cause: 'deadline' });
    expect(cycle?.attempts).toMatchObject([
      { expired: true, failure: reason },
      { expired: false, deadline: given.begun + 2 * hour },
    ]);
  });

  it('exhausts the attempts when none ever answers', () => {
    const { cycle, history } = run([...asked, later(), later(), later(), later()]);
    expect(cycle?.status).toBe('exhausted');
    expect(oneOf(history, 'attempts-exhausted').attempts).toMatchObject(
      [1, 2, 3].map((attempt) => ({ attempt, score: null, failure: expect.stringContaining('ATTEMPT_EXPIRED') })),
    );
  });

  it('does not run out while its candidate is judged', () => {
    expect(run([...asked, completed(1), later(2 * hour)]).events).toEqual([]);
  });

  it.each([
    ['completed', completed(1)],
    ['failed', failed(1)],
  ])('is not revived by its run that %s late: that is kept once, and nothing else', (result, input) => {
    const { cycle, events } = run([...asked, later(), input]);
    expect(typesOf(events)).toEqual(['late-result-ignored']);
    expect(cycle).toMatchObject({ status: 'improving', attempts: [{ lateResult: result, candidate: null }, {}] });
    expect(run([...asked, later(), input, input]).events).toEqual([]);
  });

  it('is told apart from the attempt that runs now', () => {
    const { history } = run([...asked, later(), completed(1), completed(2), judged(2, 0.6)]);
    expect(oneOf(history, 'model-promoted')).toMatchObject({
      attempt: 2,
      candidate: { runId: given.completedRun(2).runId },
    });
  });

  it('may answer after the end of its cycle', () => {
    const { cycle, events } = run([...asked, later(), later(), later(), completed(3)]);
    expect(typesOf(events)).toEqual(['late-result-ignored']);
    expect(cycle?.status).toBe('exhausted');
  });
});
