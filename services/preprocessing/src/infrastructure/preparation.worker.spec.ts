import { WorkBell } from '@perennial/service';
import { MessagingError, silentLogger } from '@perennial/messaging';
import { PreparationWorker } from './preparation.worker';

/** Until what has been set in motion has come to rest, without waiting for time to pass. */
const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
};

/** Queued batches by id, `dataset/day`; what the test says becomes of each. */
function setup(queued: string[], concurrency = 1) {
  let now = 0;
  let owners = 0;
  const held = new Map<string, string>();
  const leases = {
    acquire: async (name: string, owner: string) => {
      if (held.has(name) && held.get(name) !== owner) return null;
      held.set(name, owner);
      return { name, owner, token: 1, expiresAt: new Date(now) };
    },
    renew: async (lease: object) => lease,
    release: async ({ name }: { name: string }) => void held.delete(name),
  };
  const begun: string[] = [];
  const givenUp: string[] = [];
  const work = new Map<string, (signal: AbortSignal) => Promise<void>>();
  const leave = (batchId: string) => void queued.splice(queued.indexOf(batchId), 1);
  const prepare = {
    run: async (batchId: string, signal: AbortSignal) => {
      if (!queued.includes(batchId)) return false;
      begun.push(batchId);
      await work.get(batchId)?.(signal);
      leave(batchId);
      return true;
    },
    giveUp: async (batchId: string) => {
      givenUp.push(batchId);
      leave(batchId);
    },
  };
  const batches = {
    nextOfEach: async () => {
      const datasetOf = (batchId: string) => batchId.split('/')[0] as string;
      const first = queued.filter(
        (batchId) => queued.find((each) => datasetOf(each) === datasetOf(batchId)) === batchId,
      );
      return first.map((batchId) => ({ dataset: datasetOf(batchId), batchId }));
    },
  };
  const bell = new WorkBell();
  const failed: string[] = [];
  const waiting: number[] = [];
  const worker = new PreparationWorker(prepare as never, batches as never, {
    ...{ leases: leases as never, clock: { now: () => new Date(now) }, logger: silentLogger, bell, concurrency },
    ...{ newId: () => `owner-${(owners += 1)}`, pollMs: 3_600_000, leaseMs: 3_600_000, random: () => 0.5 },
    metrics: { failed: (code) => failed.push(code), waiting: (datasets) => waiting.push(datasets) },
  });
  const after = async (ms: number) => {
    now += ms;
    bell.ring();
    await settled();
  };
  return { worker, begun, givenUp, failed, waiting, work, held, after };
}

describe('who prepares queued batches', () => {
  let worker: PreparationWorker | undefined;
  afterEach(() => worker?.onModuleDestroy());
  const started = async (own: PreparationWorker) => {
    worker = own;
    own.onApplicationBootstrap();
    await settled();
  };

  it('takes the datasets in turn, and the days of one in their order', async () => {
    const test = setup(['a/1', 'a/2', 'b/1', 'a/3']);
    await started(test.worker);
    expect(test.begun).toEqual(['a/1', 'b/1', 'a/2', 'a/3']);
    expect(test.waiting).toEqual([2, 1, 1, 0]);
    expect(test.held.size).toBe(0);
  });

  it('works on several datasets at once, and never on two days of one', async () => {
    const test = setup(['a/1', 'a/2', 'b/1', 'c/1'], 2);
    let end = () => {};
    test.work.set('a/1', () => new Promise((resolve) => (end = resolve)));
    await started(test.worker);
    expect(test.begun).toEqual(['a/1', 'b/1', 'c/1']);
    end();
    await settled();
    expect(test.begun).toEqual(['a/1', 'b/1', 'c/1', 'a/2']);
  });

  it('lets a batch that failed rest, and its dataset with it, while others go on; gives it up after five tries', async () => {
    const test = setup(['a/1', 'a/2', 'b/1']);
    test.work.set('a/1', () => Promise.reject(new Error('odd')));
    await started(test.worker);
    await test.after(0);
    expect(test.begun).toEqual(['a/1', 'b/1']);
    for (let tries = 2; tries <= 4; tries++) await test.after(60_000);
    expect(test.begun).toHaveLength(5);
    await test.after(60_000);
    expect([test.givenUp, test.failed]).toEqual([['a/1'], ['HANDLER_FAILED']]);
    await test.after(0);
    expect(test.begun.at(-1)).toBe('a/2');
  });

  it('gives up at once what will not pass', async () => {
    const test = setup(['a/1']);
    test.work.set('a/1', () => Promise.reject(new MessagingError('INVALID_DATA', 'never')));
    await started(test.worker);
    expect([test.givenUp, test.failed]).toEqual([['a/1'], ['INVALID_DATA']]);
  });

  it('waits without end for what is away', async () => {
    const test = setup(['a/1']);
    test.work.set('a/1', () => Promise.reject(new MessagingError('DATABASE_UNAVAILABLE', 'away')));
    await started(test.worker);
    for (let tries = 2; tries <= 9; tries++) await test.after(60_000);
    expect([test.begun.length, test.givenUp]).toEqual([9, []]);
  });

  it('aborts its work when it stops, and counts no failure', async () => {
    const test = setup(['a/1']);
    test.work.set(
      'a/1',
      (signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    );
    await started(test.worker);
    await test.worker.onModuleDestroy();
    expect([test.begun, test.givenUp, test.held.size]).toEqual([['a/1'], [], 0]);
  });
});
