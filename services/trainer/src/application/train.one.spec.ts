import { jobReport } from '../interface/job.report';
import { exampleRequest } from '../testing/run.examples';
import { TrainerFlow, untrained } from '../testing/trainer.flow';
import type { TrialResult } from './ports';

const runId = exampleRequest().runId;

describe('a trainer that takes up one run', () => {
  let flow: TrainerFlow;
  beforeEach(() => {
    flow = new TrainerFlow();
  });
  const never = new AbortController().signal;
  const job = async (wanted: string | null = runId, stopped = never) =>
    jobReport(wanted, await flow.job().run(wanted, stopped));

  it('trains it once', async () => {
    await flow.request(exampleRequest());
    const outcome = `F1 0.5000 on 15 validation rows, 55 rows trained on in 2.0 s; model sha256:`;
    expect(await job()).toEqual({
      exit: 0,
      message: expect.stringContaining(`run ${runId} is completed: ${outcome}`) as string,
    });
    expect(await job()).toMatchObject({
      exit: 0,
      message: expect.stringContaining(`was completed before: ${outcome}`),
    });
    expect(flow.outcomes).toEqual(['completed']);
    expect(flow.held.size).toBe(0);
  });

  it('takes the run whose turn it is, or says that none waits', async () => {
    for (const pipeline of ['snow', 'rain']) {
      await flow.request(exampleRequest({ pipeline, runId: `${pipeline}.1`, cycleId: pipeline }));
      flow.now = new Date(flow.now.getTime() + 1_000);
    }
    expect((await job(null)).message).toContain('run snow.1 is completed');
    expect((await job(null)).message).toContain('run rain.1 is completed');
    expect(await job(null)).toEqual({ exit: 0, message: 'no run waits' });
  });

  it('knows no run that was not asked for', async () => {
    const message = 'run other is not known: it was not asked for, or is not queued yet';
    expect(await job('other')).toEqual({ exit: 2, message });
    expect(flow.held.size).toBe(0);
  });

  it('says why one failed, now or before', async () => {
    flow.train = () => Promise.reject(Object.assign(new Error('all are dry'), { code: 'a.code', retryable: false }));
    await flow.request(exampleRequest());
    expect(await job()).toEqual({ exit: 1, message: `run ${runId} failed: all are dry (a.code)` });
    expect(await job()).toEqual({ exit: 1, message: `run ${runId} failed before: all are dry (a.code)` });
  });

  it('leaves one alone that another trainer holds, or that pauses', async () => {
    flow.train = async (request, { signal }) => {
      if (flow.outcomes.length > 0) return untrained(request);
      const held = await job();
      expect(held).toEqual({ exit: 2, message: `run ${runId} is held by another trainer (owner-1)` });
      expect(signal.aborted).toBe(false);
      throw Object.assign(new Error('away'), { code: 'FEATURES_UNREACHABLE', retryable: true });
    };
    await flow.request(exampleRequest());
    const retryAt = '2026-01-04T00:00:01.000Z';
    expect(await job()).toEqual({
      exit: 2,
      message: `run ${runId} is queued again, and tried once more after ${retryAt}`,
    });
    expect(await job()).toEqual({ exit: 2, message: `run ${runId} is queued, and not taken up before ${retryAt}` });
    flow.now = new Date(retryAt);
    expect((await job()).exit).toBe(0);
  });

  it('hands its run back when it is stopped', async () => {
    const stop = new AbortController();
    flow.train = (_, { signal }) =>
      new Promise<TrialResult>((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('cancelled')), { once: true });
        stop.abort();
      });
    await flow.request(exampleRequest());
    expect(await job(runId, stop.signal)).toEqual({ exit: 2, message: `run ${runId} is queued again` });
    expect(flow.runs.happened.get(runId)?.at(-1)?.type).toBe('run-handed-back');
  });

  it('gives one up that is due', async () => {
    await flow.request(exampleRequest());
    flow.now = new Date('2026-01-05T00:00:00.000Z');
    expect(await job()).toMatchObject({
      exit: 1,
      message: expect.stringMatching(/failed before: was due by .*run\.expired/),
    });
  });
});
