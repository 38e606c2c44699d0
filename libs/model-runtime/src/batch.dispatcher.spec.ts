import { BatchDispatcher, type ModelRun } from './batch.dispatcher';
import type { InputBatch } from './input.batch';
import type { PackedBatch } from './packed.model';

const batch = (...values: number[]): InputBatch => ({
  rows: values.length,
  numbers: Float32Array.from(values),
  strings: [],
});
/** Of one number in a row. */
const model = {
  pack: (batches: readonly InputBatch[]): PackedBatch => {
    const numbers = Float32Array.from(batches.flatMap((each) => [...each.numbers]));
    return { rows: numbers.length, numbers, codes: new Int32Array(0), texts: [] };
  },
};
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

/** A model that answers a batch with its own numbers, when told to. */
function controlledModel() {
  const runs: { numbers: number[]; finish(): void; fail(error: Error): void }[] = [];
  const run = ({ numbers }: PackedBatch) =>
    new Promise<Float32Array>((resolve, reject) =>
      runs.push({ numbers: [...numbers], finish: () => resolve(numbers), fail: reject }),
    );
  const poll = jest.fn();
  return { runs, runner: { run, poll } };
}

const limits = { maxBatchRows: 4, maxQueuedRows: 6, maxQueueDelayMs: 0 };

it('runs what came in one turn together, and what arrived meanwhile next', async () => {
  const { runs, runner } = controlledModel();
  const dispatcher = new BatchDispatcher([runner], model, limits);
  const answers = [batch(1, 2), batch(3)].map((b) => dispatcher.submit(b));
  await nextTurn();
  answers.push(...[batch(4), batch(5)].map((b) => dispatcher.submit(b)));
  await nextTurn();
  expect(runs.map((r) => r.numbers)).toEqual([[1, 2, 3]]);
  runs[0]!.finish();
  await nextTurn();
  expect(runs.map((r) => r.numbers)).toEqual([
    [1, 2, 3],
    [4, 5],
  ]);
  runs[1]!.finish();
  expect(await Promise.all(answers)).toEqual([[1, 2], [3], [4], [5]].map((v) => Float32Array.from(v)));
});

it('hands over one batch before the run ends, as soon as it is as large', async () => {
  const { runs, runner } = controlledModel();
  const told: ModelRun[] = [];
  const clock = jest.spyOn(performance, 'now').mockReturnValue(0);
  const dispatcher = new BatchDispatcher([runner], model, limits, (run) => told.push(run));
  const answers = [dispatcher.submit(batch(1, 2))];
  await nextTurn();
  answers.push(...[batch(3), batch(4), batch(5, 6, 7)].map((b) => dispatcher.submit(b)));
  await nextTurn();
  expect(runs.map((r) => r.numbers)).toEqual([
    [1, 2],
    [3, 4],
  ]);
  clock.mockReturnValue(10);
  runs[0]!.finish();
  await nextTurn();
  expect(runs.map((r) => r.numbers).at(2)).toEqual([5, 6, 7]);
  clock.mockReturnValue(15);
  runs[1]!.finish();
  runs[2]!.finish();
  expect(await Promise.all(answers)).toEqual([[1, 2], [3], [4], [5, 6, 7]].map((v) => Float32Array.from(v)));
  // It waited while the one before it ran.
  expect(told.map(({ queuedMs, computeMs }) => [queuedMs, computeMs])).toEqual([
    [0, 10],
    [20, 5],
    [15, 0],
  ]);
  clock.mockRestore();
});

describe('in a long turn of the event loop', () => {
  let now = 0;
  beforeEach(() => jest.spyOn(performance, 'now').mockImplementation(() => now));
  afterEach(() => jest.restoreAllMocks());

  it('hands over what has waited for long, and takes up what has ended, before the turn is over', async () => {
    const { runs, runner } = controlledModel();
    const dispatcher = new BatchDispatcher([runner], model, limits);
    const answers = [1, 2].map((value) => dispatcher.submit(batch(value)));
    expect(runs).toEqual([]);
    now += 1;
    answers.push(dispatcher.submit(batch(3)));
    expect(runs.map((r) => r.numbers)).toEqual([[1, 2, 3]]);

    runner.poll.mockImplementation(() => runs[0]!.finish());
    answers.push(dispatcher.submit(batch(4)));
    expect(runner.poll).not.toHaveBeenCalled();
    now += 1;
    answers.push(dispatcher.submit(batch(5)));
    expect(runner.poll).toHaveBeenCalledTimes(1);
    await Promise.all(answers.slice(0, 3));
    await Promise.resolve();
    expect(runs.map((r) => r.numbers)).toEqual([
      [1, 2, 3],
      [4, 5],
    ]);
    runs[1]!.finish();
    expect(await Promise.all(answers)).toEqual([1, 2, 3, 4, 5].map((value) => Float32Array.of(value)));
  });

  it('waits for a fuller batch all the same where it is told to', () => {
    const { runs, runner } = controlledModel();
    const patient = new BatchDispatcher([runner], model, { ...limits, maxQueueDelayMs: 10 });
    for (const value of [1, 2]) {
      void patient.submit(batch(value));
      now += 6;
    }
    expect(runs).toEqual([]);
    void patient.submit(batch(3));
    expect(runs.map((r) => r.numbers)).toEqual([[1, 2, 3]]);
  });
});

it('fails only the requests of the failed run', async () => {
  const { runs, runner } = controlledModel();
  const dispatcher = new BatchDispatcher([runner], model, limits);
  const first = dispatcher.submit(batch(1));
  await nextTurn();
  const second = dispatcher.submit(batch(2));
  const refused = expect(first).rejects.toThrow('no');
  runs[0]!.fail(new Error('no'));
  await refused;
  await nextTurn();
  runs[1]!.finish();
  expect(await second).toEqual(Float32Array.of(2));
});

it('refuses what would pass the queue limit, and takes more when it has emptied', async () => {
  const { runs, runner } = controlledModel();
  const dispatcher = new BatchDispatcher([runner], model, limits);
  const running = dispatcher.submit(batch(1));
  await nextTurn();
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

it('does not compute what waited beyond its deadline', async () => {
  const { runs, runner } = controlledModel();
  const dispatcher = new BatchDispatcher([runner], model, limits);
  const first = dispatcher.submit(batch(1), performance.now() + 60_000);
  await nextTurn();
  const late = dispatcher.submit(batch(2), performance.now());
  const patient = dispatcher.submit(batch(3));
  const refused = expect(late).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  runs[0]!.finish();
  await Promise.all([refused, first]);
  await nextTurn();
  expect(runs.map((r) => r.numbers)).toEqual([[1], [3]]);
  runs[1]!.finish();
  await patient;
});

it('is idle again after a batch of which nothing was left', async () => {
  const { runs, runner } = controlledModel();
  const dispatcher = new BatchDispatcher([runner], model, limits);
  await expect(dispatcher.submit(batch(1), 0)).rejects.toMatchObject({ code: 'DEADLINE_EXCEEDED' });
  const next = dispatcher.submit(batch(2));
  await nextTurn();
  runs[0]!.finish();
  expect(await next).toEqual(Float32Array.of(2));
});

it('waits for a fuller batch as long as it is told to, and no longer than until it is full', async () => {
  const { runs, runner } = controlledModel();
  const patient = new BatchDispatcher([runner], model, { ...limits, maxQueueDelayMs: 3_600_000 });
  const [first] = [patient.submit(batch(1)), patient.submit(batch(2))];
  await nextTurn();
  await nextTurn();
  expect(runs).toEqual([]);
  patient.submit(batch(3, 4));
  await nextTurn();
  expect(runs.map((r) => r.numbers)).toEqual([[1, 2, 3, 4]]);
  runs[0]!.finish();
  await first;

  const soon = new BatchDispatcher([runner], model, { ...limits, maxQueueDelayMs: 5 });
  const alone = soon.submit(batch(9));
  while (runs.length < 2) await nextTurn();
  runs[1]!.finish();
  expect(await alone).toEqual(Float32Array.of(9));
});

it('uses every runner, and tells of each run', async () => {
  const { runs, runner } = controlledModel();
  const told: ModelRun[] = [];
  const dispatcher = new BatchDispatcher([runner, runner], model, { ...limits, maxBatchRows: 2 }, (each) =>
    told.push(each),
  );
  const answers = [batch(1), batch(2), batch(3, 4), batch(5)].map((b) => dispatcher.submit(b));
  await nextTurn();
  expect(runs.map((r) => r.numbers)).toEqual([
    [1, 2],
    [3, 4],
  ]);
  runs[1]!.finish();
  await nextTurn();
  runs[2]!.finish();
  runs[0]!.finish();
  await Promise.all(answers);
  const counted = told.map(({ requests, rows, waitingRows }) => ({ requests, rows, waitingRows }));
  expect(counted).toEqual([
    { requests: 1, rows: 2, waitingRows: 1 },
    { requests: 1, rows: 1, waitingRows: 0 },
    { requests: 2, rows: 2, waitingRows: 0 },
  ]);
  for (const { queuedMs, computeMs } of told) expect(Math.min(queuedMs, computeMs)).toBeGreaterThanOrEqual(0);
});
