import { CheckpointSender } from './checkpoint.sender';

/** A sender whose checkpoints take `cost` ms to make and arrive when told so. */
function sending(seconds: number | undefined, cost = 0) {
  let clock = 0;
  const arrivals: (() => void)[] = [];
  const made: number[] = [];
  const onCheckpoint = () => new Promise<void>((resolve) => arrivals.push(resolve));
  const sender = new CheckpointSender(seconds, { now: () => clock, onCheckpoint });
  const offerAt = (ms: number, atEpochEnd = false) => {
    clock = ms;
    sender.offer(atEpochEnd, () => {
      clock += cost;
      made.push(ms);
      return new Uint8Array(0);
    });
  };
  const arrive = async () => {
    arrivals.shift()?.();
    await new Promise(setImmediate);
  };
  return { offerAt, arrive, made };
}

it('makes one when its time has come and at the end of each epoch', async () => {
  const { offerAt, arrive, made } = sending(2);
  for (const [ms, atEpochEnd] of [
    [1000, false],
    [2000, false],
    [3000, false],
    [3500, true],
    [5000, false],
    [5500, false],
  ] as const) {
    offerAt(ms, atEpochEnd);
    await arrive();
  }
  expect(made).toEqual([2000, 3500, 5500]);
});

it('waits for the one that is on its way, and then makes up for the end of an epoch', async () => {
  const { offerAt, arrive, made } = sending(1);
  offerAt(1000);
  offerAt(2000, true);
  offerAt(2100);
  expect(made).toEqual([1000]);
  await arrive();
  offerAt(2200);
  expect(made).toEqual([1000, 2200]);
});

it('takes no more than a twentieth of the time, however often an epoch ends', async () => {
  const { offerAt, arrive, made } = sending(30, 10);
  for (let ms = 1; ms < 10_000; ms += 20) {
    offerAt(ms, true);
    await arrive();
  }
  expect(made.length * 10).toBeLessThanOrEqual(500);
  expect(made.length).toBeGreaterThan(40);
});

it('makes none where none is asked for', () => {
  const { offerAt, made } = sending(undefined);
  offerAt(100_000, true);
  expect(made).toEqual([]);
});
