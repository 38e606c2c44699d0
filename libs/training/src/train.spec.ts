import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { smallRequest } from './testing/synthetic.rows';
import { train } from './train';
import { TrainingError } from './training.error';
import { trainingEntry } from './training.process';
import type { TrainingProgress, TrainingResult } from './training.request';
import { runTraining } from './training.run';

// A busy machine is slow to start a process.
jest.setTimeout(120_000);

const childrenOfThis = () =>
  readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ');
const long = () => smallRequest({ training: { ...smallRequest().training, epochs: 100_000 } });

describe('train', () => {
  it('gives in its own process the very bytes of a run in this one', async () => {
    const progress: TrainingProgress[] = [];
    const result = await train(smallRequest(), { onProgress: (report) => progress.push(report) });
    const here = await runTraining(smallRequest(), { now: () => 0 });
    expect(result.parameters).toEqual(here.parameters);
    expect(Buffer.compare(result.checkpoint, here.checkpoint)).toBe(0);
    expect(progress.at(-1)).toMatchObject({
      epoch: 4,
      epochs: 4,
      step: result.steps,
      steps: result.steps,
      secondsLeft: 0,
    });
  });

  it('goes on with the very bits where its process was killed, from the last checkpoint that it sent', async () => {
    const request = smallRequest({ training: { ...smallRequest().training, epochs: 60 }, checkpointSeconds: 0 });
    const checkpoints: Uint8Array[] = [];
    const onCheckpoint = (bytes: Uint8Array) => {
      // Somewhere in the calls after it, as chance has it: the process does not wait.
      if (checkpoints.push(bytes) === 3) process.kill(Number(childrenOfThis().at(-1)), 'SIGKILL');
    };
    await expect(train(request, { onCheckpoint })).rejects.toMatchObject({
      code: 'training.process-failed',
      retryable: true,
      details: { signal: 'SIGKILL' },
    });
    const resumed = await train({ ...request, resumeFrom: checkpoints.at(-1) });
    const uninterrupted = await runTraining(request, { now: () => 0 });
    expect(Buffer.compare(resumed.checkpoint, uninterrupted.checkpoint)).toBe(0);
    expect(resumed.validationProbabilities).toEqual(uninterrupted.validationProbabilities);
    const timeless = ({ history }: TrainingResult) => history.map(({ seconds: _seconds, ...record }) => record);
    expect(timeless(resumed)).toEqual(timeless(uninterrupted));
    const seconds = resumed.history.map((record) => record.seconds);
    expect(seconds).toEqual([...seconds].sort((a, b) => a - b));
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('yields the processor by as much more than its parent as asked to', async () => {
    const stop = new AbortController();
    let found: number[] = [];
    const onProgress = () => {
      found = childrenOfThis().map((pid) => getPriority(Number(pid)));
      stop.abort();
    };
    await expect(train(long(), { niceness: 7, signal: stop.signal, onProgress })).rejects.toThrow('cancelled');
    expect(found).toContain(Math.min(19, getPriority() + 7));
  });

  it('stops when asked to, even in the middle', async () => {
    const stop = new AbortController();
    const running = train(long(), { signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) });
    await expect(running).rejects.toMatchObject({ code: 'training.cancelled', cause: { message: 'enough' } });
  });

  it('does not begin when already asked to stop', async () => {
    await expect(train(long(), { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'training.cancelled' });
  });

  it('passes on errors of the process with their code', async () => {
    const training = { ...smallRequest().training, learningRate: 1e38 };
    const error: unknown = await train(smallRequest({ training })).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(TrainingError);
    expect(error).toMatchObject({ code: 'training.diverged', details: { epoch: 1 } });
    const rows = { ...smallRequest().train, labels: new Int32Array(403) };
    await expect(train(smallRequest({ train: rows }))).rejects.toMatchObject({ code: 'training.one-class' });
  });
});

it('says that a package is not built', () => {
  expect(() => trainingEntry(__dirname, 'none.child.js')).toThrow(
    expect.objectContaining({ code: 'training.not-built', message: expect.stringContaining('npx tsc -b') }),
  );
});
