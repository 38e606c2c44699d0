import { type DropoutSite, randomStream } from '@perennial/tabular-models';
import fc from 'fast-check';
import { MasksAhead } from './masks.ahead';
import { smallRequest } from './testing/synthetic.rows';
import { runTraining } from './training.run';

jest.setTimeout(60_000);

const sites: readonly DropoutSite[] = [
  { name: 'a', shape: [3, 7], probability: 0.3 },
  { name: 'b', shape: [64], probability: 0.5 },
  { name: 'c', shape: [1], probability: 0.9 },
];
const STEPS = 4;
const stream = () => randomStream(5, 'dropout');

describe('masks filled ahead by a thread', () => {
  it('are those that are filled when they are asked for, whatever calls are short', async () => {
    const calls = fc.array(fc.integer({ min: 1, max: STEPS }), { minLength: 1, maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(calls, async (steps) => {
        expect(await masksOf(steps, 2)).toEqual(await masksOf(steps, 1));
      }),
      { numRuns: 10 },
    );
  });

  it('keep what is kept by its probability, in each step other ones', async () => {
    const masks = new MasksAhead([{ name: 'a', shape: [100, 100], probability: 0.3 }], STEPS, stream(), 2);
    const [first] = await copied(masks, STEPS);
    const [second] = await copied(masks, STEPS);
    await masks.close();
    const steps = [first, second].flatMap((mask) =>
      [0, 1, 2, 3].map((step) => mask!.subarray(1e4 * step, 1e4 * (step + 1))),
    );
    // 7,000 of 10,000 on average; 199 are more than four standard deviations.
    for (const step of steps) expect(Math.abs(step.reduce((sum, kept) => sum + kept, 0) - 7000)).toBeLessThan(199);
    expect(new Set(steps.map((step) => step.join(''))).size).toBe(2 * STEPS);
  });

  it('are filled here once the thread is lost', async () => {
    const masks = new MasksAhead(sites, STEPS, stream(), 2);
    const before = await copied(masks, STEPS);
    await masks.close();
    const after = await copied(masks, 2);
    expect([before, after]).toEqual(await masksOf([STEPS, 2], 1));
  });

  it('leave the bits of a training as they are, also of one that goes on after an interruption', async () => {
    const { training } = smallRequest();
    const request = { ...smallRequest(), training: { ...training, epochs: 3, batchSize: 16 }, checkpointSeconds: 0 };
    const checkpoints: Uint8Array[] = [];
    const alone = await runTraining(
      { ...request, threads: 1 },
      { now: () => 0, onCheckpoint: (bytes) => void checkpoints.push(bytes) },
    );
    const whole = await runTraining({ ...request, threads: 2 }, { now: () => 0 });
    expect(whole.parameters).toEqual(alone.parameters);
    for (const resumeFrom of checkpoints.slice(0, -1)) {
      const resumed = await runTraining({ ...request, threads: 2, resumeFrom }, { now: () => 0 });
      expect(resumed.parameters).toEqual(alone.parameters);
    }
  });
});

async function masksOf(steps: readonly number[], threads: number): Promise<Uint8Array[][]> {
  const masks = new MasksAhead(sites, STEPS, stream(), threads);
  const found = [];
  for (const count of steps) found.push(await copied(masks, count));
  await masks.close();
  return found;
}

const copied = async (masks: MasksAhead, steps: number): Promise<Uint8Array[]> =>
  (await masks.next(steps)).map((mask) => Uint8Array.from(mask));
