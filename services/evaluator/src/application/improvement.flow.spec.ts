import { bootstrapSeed } from '../domain/bootstrap.seed';
import { completedRun, failedRun, pipeline } from '../testing/cycle.examples';
import { declare, EvaluatorFlow, viewUpdated } from '../testing/evaluator.flow';

let flow: EvaluatorFlow;
const day4 = '2026-01-04';
const day5 = '2026-01-05';
const runOf = (day: string, attempt: number) => ({
  ...completedRun(attempt),
  runId: `${pipeline}.${day}.${attempt}`,
  cycleId: `${pipeline}/${day}`,
});
const completed = (day: string, attempt: number, id = `run-${day}-${attempt}`) =>
  flow.handle(flow.follow.runCompleted, runOf(day, attempt), id);
const failed = (day: string, attempt: number) => {
  const run = { ...failedRun(attempt), runId: `${pipeline}.${day}.${attempt}`, cycleId: `${pipeline}/${day}` };
  return flow.handle(flow.follow.runFailed, run, `failed-${day}-${attempt}`);
};

beforeEach(async () => {
  flow = new EvaluatorFlow();
  await flow.rolledOut(1, null);
  flow.scores.set('artifact', 0.2).set('artifact-1', 0.5);
});

describe('a day that fails and is improved', () => {
  it('judges incumbent and candidate on the same rows and resamples, and promotes', async () => {
    await flow.day(day4);
    await flow.judgeAll();
    await completed(day4, 1);
    await flow.judgeAll();
    expect(flow.published()).toEqual([
      `${day4} cycle-started`,
      `${day4} model-judged`,
      `${day4} retraining-requested`,
      `${day4} model-judged`,
      `${day4} model-promoted`,
    ]);
    expect(flow.scored).toEqual([
      { artifact: 'artifact', batchId: `batch-${day4}`, share: 0.3 },
      { artifact: 'artifact-1', batchId: `batch-${day4}`, share: 0.3 },
    ]);
    const seed = bootstrapSeed(`${pipeline}/${day4}`);
    expect(flow.evaluated).toEqual([
      { threshold: 0.4, seed },
      { threshold: 0.5, seed },
    ]);
  });

  it('records every event in order and one performance per judgement', async () => {
    await flow.day(day4);
    await flow.judgeAll();
    await completed(day4, 1);
    await flow.judgeAll();
    const events = await flow.stores.cycles.events(`${pipeline}/${day4}`);
    expect(events.map(({ sequence, type }) => `${sequence} ${type}`)).toEqual([
      '1 cycle-queued',
      '2 cycle-started',
      '3 model-judged',
      '4 retraining-requested',
      '5 candidate-received',
      '6 model-judged',
      '7 model-promoted',
    ]);
    expect(flow.stores.performance.all.map(({ role, attempt, metrics }) => [role, attempt, metrics.f1.value])).toEqual([
      ['incumbent', 0, 0.2],
      ['candidate', 1, 0.5],
    ]);
  });

  it('keeps its own correlation id throughout', async () => {
    await flow.day(day4);
    await flow.judgeAll();
    await completed(day4, 1);
    await flow.judgeAll();
    const ids = new Set(flow.unitOfWork.outbox.map(({ headers }) => headers['ce_correlationid']));
    expect(ids).toEqual(new Set([`c-day-${day4}`]));
  });

  it('takes redelivered events and a judgement done twice once', async () => {
    await flow.day(day4);
    const [stale] = await flow.stores.cycles.inStatus(['judging'], 1);
    await flow.judgeAll();
    await flow.judge.run(stale as never, 1, new AbortController().signal);
    await flow.day(day4);
    await flow.day(day4, {}, 'the same day in another event');
    await completed(day4, 1);
    await completed(day4, 1, 'the same run in another event');
    await flow.judgeAll();
    await completed(day4, 1, 'and once more');
    expect(flow.published().filter((event) => event.endsWith('retraining-requested'))).toHaveLength(1);
    expect(flow.published().filter((event) => event.endsWith('model-promoted'))).toHaveLength(1);
    expect(flow.stores.performance.all).toHaveLength(2);
  });

  it('gives up after the declared attempts, a failed run among them', async () => {
    flow.scores.set('artifact-2', 0.44);
    await flow.day(day4);
    await flow.judgeAll();
    await failed(day4, 1);
    await completed(day4, 2);
    await flow.judgeAll();
    expect(await flow.status(day4)).toBe('exhausted');
  });
});

describe('days of one pipeline', () => {
  it('run one at a time, in order of arrival', async () => {
    await flow.day(day5);
    await flow.day(day4);
    expect([await flow.status(day5), await flow.status(day4)]).toEqual(['judging', 'queued']);
    flow.scores.set('artifact', 0.5);
    await flow.judgeAll();
    expect([await flow.status(day5), await flow.status(day4)]).toEqual(['kept', 'judging']);
  });

  it('after a promotion the next is judged with the new model', async () => {
    await flow.day(day4);
    await flow.day(day5);
    await flow.judgeAll();
    await completed(day4, 1);
    await flow.judgeAll();
    expect([await flow.status(day4), await flow.status(day5)]).toEqual(['promoted', 'queued']);
    await flow.rolledOut(2, day4, 'artifact-1');
    expect(await flow.status(day5)).toBe('judging');
    await flow.judgeAll();
    expect(flow.scored.at(-1)).toMatchObject({ artifact: 'artifact-1', batchId: `batch-${day5}` });
    expect(await flow.status(day5)).toBe('kept');
  });

  it.each(['rejected', 'superseded', 'failed'] as const)(
    'after a %s promotion the next is judged with the old model',
    async (how) => {
      await flow.day(day4);
      await flow.day(day5);
      await flow.judgeAll();
      await completed(day4, 1);
      await flow.judgeAll();
      const cycle = { pipeline, version: '20260104_000000', cycleId: `${pipeline}/${day4}`, reason: 'no' };
      if (how === 'rejected') await flow.handle(flow.follow.versionRejected, { ...cycle, rejectedBy: 'ann' }, 'end');
      else if (how === 'superseded') {
        await flow.handle(flow.follow.versionSuperseded, { ...cycle, supersededBy: '20260105_000000' }, 'end');
      } else {
        const rollout = { ...cycle, rolloutId: 'r-2', sequence: 2, replicas: [], restored: null };
        await flow.handle(flow.follow.rolloutFailed, rollout, 'end');
      }
      await flow.judgeAll();
      expect(flow.scored.at(-1)).toMatchObject({ artifact: 'artifact', batchId: `batch-${day5}` });
    },
  );

  it('wait for a rollout no longer than declared', async () => {
    await flow.day(day4);
    await flow.day(day5);
    await flow.judgeAll();
    await completed(day4, 1);
    await flow.judgeAll();
    flow.now += 299_999;
    await flow.waiting.run();
    expect(await flow.status(day5)).toBe('queued');
    flow.now += 1;
    await flow.waiting.run();
    expect(await flow.status(day5)).toBe('judging');
  });

  it('do not wait for a person to approve', async () => {
    flow = new EvaluatorFlow([declare(pipeline, { approval: { mode: 'manual', approvers: ['ann'] } })]);
    await flow.rolledOut(1, null);
    flow.scores.set('artifact', 0.2).set('artifact-1', 0.5);
    await flow.day(day4);
    await flow.day(day5);
    await flow.judgeAll();
    await completed(day4, 1);
    await flow.judgeAll();
    expect(await flow.status(day5)).toBe('judging');
  });

  it('a skipped day makes room at once', async () => {
    flow.scores.set('artifact', 0.5);
    await flow.day(day4);
    await flow.day(day5, { quality: { verdict: 'failed', findings: ['nulls'] } });
    await flow.day('2026-01-06', { labelledRows: 10 });
    await flow.day('2026-01-07');
    await flow.judgeAll();
    const statuses = await Promise.all([day4, day5, '2026-01-06', '2026-01-07'].map((day) => flow.status(day)));
    expect(statuses).toEqual(['kept', 'skipped', 'skipped', 'judging']);
  });
});

describe('what a day may be trained on', () => {
  it('leaves out what failed its checks and takes corrections in', async () => {
    const all = { improvement: { maxAttempts: 1, attempts: [{ strategy: 'train', window: { days: 'all' } }] } };
    flow = new EvaluatorFlow([declare(pipeline, all as never)]);
    flow.scores.set('artifact', 0.5);
    await flow.rolledOut(1, null);
    await flow.day('2026-01-02');
    await flow.judgeAll();
    await flow.day('2026-01-03', { quality: { verdict: 'failed', findings: ['nulls'] } });
    await flow.handle(
      flow.follow.viewUpdated,
      viewUpdated('2026-01-02', { batchId: 'late', correctionOf: 'batch-2026-01-02' }),
      'late',
    );
    flow.scores.set('artifact', 0.2);
    await flow.day(day4);
    await flow.judgeAll();
    const cycle = (await flow.stores.cycles.find(`${pipeline}/${day4}`))?.cycle;
    expect(cycle?.attempts[0]?.batches).toEqual(['batch-2026-01-02', 'late', `batch-${day4}`]);
  });

  it('a correction starts no cycle', async () => {
    await flow.day('2026-01-02', { correctionOf: 'batch-2026-01-02' });
    expect(flow.published()).toEqual([]);
  });
});

describe('several pipelines on one dataset', () => {
  it('each has its own cycle for the day', async () => {
    flow = new EvaluatorFlow([
      declare(pipeline),
      declare('second'),
      declare('other', { dataset: { name: 'x' } as never }),
    ]);
    await flow.day(day4);
    expect(await flow.status(day4)).toBe('improving');
    expect(await flow.status(day4, 'second')).toBe('improving');
    expect(await flow.status(day4, 'other')).toBeUndefined();
  });
});

describe('a judgement that fails', () => {
  const failure = (retryable?: boolean) => Object.assign(new Error('no'), { code: 'SOME_CODE', retryable });

  it('is left for another try while a service is away', async () => {
    flow.scores.set('artifact', failure(true));
    await flow.day(day4);
    await expect(flow.judgeAll(99)).rejects.toMatchObject({ code: 'SOME_CODE' });
    expect(await flow.status(day4)).toBe('judging');
  });

  it('counts as not passed when it can never succeed', async () => {
    flow.scores.set('artifact', failure(false)).set('artifact-1', failure(false));
    await flow.day(day4);
    await flow.judgeAll();
    expect(await flow.status(day4)).toBe('improving');
    await completed(day4, 1);
    await flow.judgeAll();
    const attempts = (await flow.stores.cycles.find(`${pipeline}/${day4}`))?.cycle.attempts;
    expect(attempts?.map(({ failure: reason }) => reason)).toEqual(['judgement failed: SOME_CODE: no', null]);
  });

  it('that does not say is tried as often as declared', async () => {
    flow.scores.set('artifact', failure());
    await flow.day(day4);
    await expect(flow.judgeAll(2)).rejects.toThrow('no');
    await flow.judgeAll(3);
    expect(await flow.status(day4)).toBe('improving');
  });
});

describe('the serving model', () => {
  it('is replaced by a higher sequence only', async () => {
    await flow.rolledOut(3, null, 'newest');
    await flow.rolledOut(2, null, 'older');
    expect((await flow.stores.serving.load(pipeline)).serving?.model.artifact.fileId).toBe('newest');
  });
});

describe('a trainer that never answers', () => {
  const hours = (count: number) => (flow.now += count * 3_600_000);
  const attempts = async () => (await flow.stores.cycles.find(`${pipeline}/${day4}`))?.cycle.attempts;

  beforeEach(async () => {
    await flow.day(day4);
    await flow.judgeAll();
  });

  it('does not keep its cycle for ever: the attempts run out one by one, and the next day begins', async () => {
    await flow.day(day5);
    await flow.expire.run();
    expect(await attempts()).toHaveLength(1);
    hours(1);
    await flow.expire.run();
    await flow.expire.run();
    expect(await attempts()).toHaveLength(2);
    hours(1);
    await flow.expire.run();
    expect(await flow.status(day4)).toBe('exhausted');
    expect(await flow.status(day5)).toBe('judging');
    expect(flow.published().slice(2)).toEqual([
      `${day4} retraining-requested`,
      `${day4} retraining-requested`,
      `${day4} attempts-exhausted`,
      `${day5} cycle-started`,
    ]);
  });

  it('may answer late: the answer is kept and the attempt that runs now is judged', async () => {
    hours(1);
    await flow.expire.run();
    await completed(day4, 1);
    expect((await attempts())?.map(({ lateResult }) => lateResult)).toEqual(['completed', null]);
    expect(await flow.status(day4)).toBe('improving');
    flow.scores.set('artifact-2', 0.6);
    await completed(day4, 2);
    await flow.judgeAll();
    expect(await flow.status(day4)).toBe('promoted');
  });
});
