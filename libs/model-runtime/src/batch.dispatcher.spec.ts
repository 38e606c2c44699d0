import { BatchDispatcher } from './batch.dispatcher';
import type { InputBatch } from './input.batch';

const batch = (...values: number[]): InputBatch => ({
  rows: values.length,
  numbers: Float32Array.from(values),
  strings: [],
});
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** A model that answers a batch with its own numbers, when told to. */
function controlledModel() {
  const runs: { numbers: number[]; finish(): void; fail(error: Error): void }[] = [];
  const run = ({ numbers }: InputBatch) =>
    new Promise<Float32Array>((resolve, reject) =>
      runs.push({ numbers: [...numbers], finish: () => resolve(numbers), fail: reject }),
    );
  return { runs, run };
}

const limits = { maxBatchRows: 4, maxQueuedRows: 6 };

it('starts at once when idle and runs together what arrived meanwhile', async () => {
  const { runs, run } = controlledModel();
  const dispatcher = new BatchDispatcher(run, limits);
  const answers = [batch(1), batch(2, 3), batch(4), batch(5, 6)].map((b) => dispatcher.submit(b));
  expect(runs.map((r) => r.numbers)).toEqual([[1]]);
  runs[0]!.finish();
  await nextTurn();
  expect(runs.map((r) => r.numbers)).toEqual([[1], [2, 3, 4]]);
  runs[1]!.finish();
  await nextTurn();
  runs[2]!.finish();
  expect(await Promise.all(answers)).toEqual([[1], [2, 3], [4], [5, 6]].map((v) => Float32Array.from(v)));
});

it('fails only the requests of the failed run', async () => {
  const { runs, run } = controlledModel();
  const dispatcher = new BatchDispatcher(run, limits);
  const [first, second] = [dispatcher.submit(batch(1)), dispatcher.submit(batch(2))];
  const refused = expect(first).rejects.toThrow('no');
  runs[0]!.fail(new Error('no'));
  await refused;
  runs[1]!.finish();
  expect(await second).toEqual(Float32Array.of(2));
});

it('refuses what would pass the queue limit, and takes more when it has emptied', async () => {
  const { runs, run } = controlledModel();
  const dispatcher = new BatchDispatcher(run, limits);
  const running = dispatcher.submit(batch(1));
  const waiting = dispatcher.submit(batch(2, 3, 4, 5));
  await expect(dispatcher.submit(batch(6, 7, 8))).rejects.toMatchObject({
    code: 'OVERLOADED',
    retryable: true,
    details: { queuedRows: 4, rows: 3, maxQueuedRows: 6 },
  });
  runs[0]!.finish();
  await running;
  await nextTurn();
  const later = dispatcher.submit(batch(6, 7, 8));
  runs[1]!.finish();
  await waiting;
  await nextTurn();
  runs[2]!.finish();
  expect(await later).toEqual(Float32Array.of(6, 7, 8));
});
