import type { DataOf, modelSubmittedV1 } from '@perennial/contracts';
import { file, pipeline } from '../testing/cycle.examples';
import { declare, EvaluatorFlow } from '../testing/evaluator.flow';

const submissionId = `${pipeline}/submission-1`;

const submitted = (changes: Partial<DataOf<typeof modelSubmittedV1>> = {}): DataOf<typeof modelSubmittedV1> => ({
  ...{ submissionId, pipeline, submittedBy: 'ada', original: file('original'), artifact: file('submitted') },
  ...{ decisionThreshold: 0.4, ...changes },
});

describe('a submitted model', () => {
  let flow: EvaluatorFlow;
  beforeEach(() => {
    flow = new EvaluatorFlow();
  });

  const submit = (changes = {}, id = 'submit-1') =>
    flow.handle(
      (event, { transaction, now }) => {
        const step = { transaction, now: now(), correlationId: event.correlationid, causationId: event.id };
        return flow.submissions.submit(event.data, step);
      },
      submitted(changes),
      id,
    );

  /** A day that the serving model passes with an F1 of 0.5. */
  async function served(): Promise<void> {
    flow.scores.set('artifact', 0.5);
    await flow.rolledOut(1, null);
    await flow.day('2026-01-09');
    await flow.judgeAll();
  }

  const verdict = () => {
    const found = flow.unitOfWork.outbox.filter(({ headers }) => String(headers['ce_type']).includes('submission-'));
    expect(found.length).toBeLessThan(2);
    const [last] = found;
    return (
      last && {
        type: String(last.headers['ce_type']).split('.').at(-1),
        ...(JSON.parse(last.value as string) as object),
      }
    );
  };

  it('is accepted when it passes and is better on the same rows', async () => {
    await served();
    flow.scored.length = flow.evaluated.length = 0;
    flow.scores.set('submitted', 0.6);
    await submit();
    await flow.judgeAll();
    expect(verdict()).toMatchObject({
      ...{ type: 'submission-accepted', submissionId, day: '2026-01-09', holdoutRows: 900 },
      ...{ incumbent: '20260101_000001', metrics: { f1: { value: 0.6 } }, incumbentMetrics: { f1: { value: 0.5 } } },
      data: { batches: ['batch-2026-01-09'] },
    });
    expect(flow.scored.map(({ batchId, share }) => `${batchId} ${share}`)).toEqual(
      Array(2).fill('batch-2026-01-09 0.3'),
    );
    const [own, incumbents] = flow.evaluated;
    expect(own?.threshold).toBe(0.4);
    expect(own?.seed).toBe(incumbents?.seed);
  });

  it.each([
    [0.44, 'not-passed'],
    [0.5, 'not-better'],
  ])('is refused with an F1 of %d: %s', async (f1, reason) => {
    await served();
    flow.scores.set('submitted', f1);
    await submit();
    await flow.judgeAll();
    expect(verdict()).toMatchObject({
      type: 'submission-refused',
      reason,
      judgement: { metrics: { f1: { value: f1 } } },
    });
  });

  it('needs only to pass where none serves', async () => {
    await flow.day('2026-01-09');
    flow.scores.set('submitted', 0.45);
    await submit();
    // The day of the first model is under way: the submission waits for its turn.
    await flow.judgeAll();
    expect(verdict()).toBeUndefined();
    const [{ data }] = flow.unitOfWork.outbox
      .filter(({ headers }) => String(headers['ce_type']).endsWith('retraining-requested'))
      .map(({ value }) => ({ data: JSON.parse(value as string) as { runId: string; cycleId: string } })) as [
      { data: { runId: string; cycleId: string } },
    ];
    for (const attempt of [1, 2]) {
      const runId = data.runId.replace(/\d$/, String(attempt));
      const failed = { ...data, runId, pipeline, attempt, strategy: 'train' as const, code: 'X', message: 'x' };
      await flow.handle(flow.follow.runFailed, failed, `failed-${attempt}`);
    }
    await flow.judgeAll();
    expect(verdict()).toMatchObject({ type: 'submission-accepted', incumbent: null, incumbentMetrics: null });
  });

  it('is refused where no day can be judged on', async () => {
    await submit();
    expect(verdict()).toMatchObject({ type: 'submission-refused', reason: 'insufficient-data', judgement: null });
  });

  it('is refused with the cause when it cannot be scored', async () => {
    await served();
    flow.scores.set('submitted', Object.assign(new Error('column x is not in the view'), { retryable: false }));
    await submit();
    await flow.judgeAll();
    expect(verdict()).toMatchObject({ reason: 'not-judgeable', detail: expect.stringContaining('column x') });
  });

  it('is better than a serving model that cannot be scored', async () => {
    await served();
    flow.scores.set('artifact', Object.assign(new Error('damaged'), { retryable: false }));
    flow.scores.set('submitted', 0.46);
    await submit();
    await flow.judgeAll();
    expect(verdict()).toMatchObject({ type: 'submission-accepted' });
  });

  it('is judged once, however often it is told', async () => {
    await served();
    flow.scores.set('submitted', 0.6);
    await submit();
    await submit({}, 'submit-2');
    await flow.judgeAll();
    await submit({}, 'submit-3');
    await flow.judgeAll();
    expect(verdict()).toMatchObject({ type: 'submission-accepted' });
  });

  it('holds the next day back until it serves', async () => {
    await served();
    flow.scores.set('submitted', 0.6);
    await submit();
    await flow.judgeAll();
    await flow.day('2026-01-10');
    expect(await flow.status('2026-01-10')).toBe('queued');
    const data = { rolloutId: 'r', sequence: 2, pipeline, version: 'v', cycleId: submissionId };
    await flow.handle(flow.follow.rolloutFailed, { ...data, reason: 'x', replicas: [], restored: null }, 'failed');
    expect(await flow.status('2026-01-10')).toBe('judging');
  });

  it('of another installation is left alone', async () => {
    flow = new EvaluatorFlow([declare('other')]);
    await submit();
    expect(await flow.stores.submissions.find(submissionId)).toBeNull();
  });
});
