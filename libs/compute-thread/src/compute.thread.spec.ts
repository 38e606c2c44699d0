import { join } from 'node:path';
import { compiledEntry, ComputeThread } from './index';

const file = compiledEntry(join(__dirname, 'testing'), 'odd.thread.js');

// Other work on the machine can make starting a thread slow.
jest.setTimeout(60_000);

describe('a compute thread', () => {
  let thread: ComputeThread;
  const started = (idleMs?: number) =>
    (thread = new ComputeThread({ name: 'odd', file, workerData: 'w', heapMiB: 64, idleMs }));
  afterEach(() => thread.close());

  it('answers each call with its own value, and knows what it was started with', async () => {
    started();
    const answers = await Promise.all([1, 2, 3].map((double) => thread.call({ double })));
    expect(answers).toEqual([1, 2, 3].map((n) => [2 * n, 'w']));
  });

  it('hands buffers over instead of copying them', async () => {
    started();
    const bytes = Uint8Array.of(1, 2, 3);
    expect(await thread.call({ reverse: bytes }, [bytes.buffer])).toEqual(Uint8Array.of(3, 2, 1));
    expect(bytes.length).toBe(0);
  });

  it('passes on what an error says, and goes on', async () => {
    started();
    await expect(thread.call({ refuse: 'no' })).rejects.toMatchObject({
      message: 'no',
      code: 'ODD',
      retryable: false,
      details: { told: 1 },
    });
    expect(await thread.call({ double: 4 })).toEqual([8, 'w']);
  });

  it('fails every open call when it is lost, so that they may be tried again, and starts anew', async () => {
    started();
    const calls = [thread.call({ exit: 3 }), thread.call({ double: 1 })];
    for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'WORKER_LOST', retryable: true });
    expect(await thread.call({ double: 5 })).toEqual([10, 'w']);
  });

  it('is lost when it needs more memory than it may, and not the process', async () => {
    started();
    await expect(thread.call({ hoard: true })).rejects.toMatchObject({ code: 'WORKER_LOST' });
    expect(await thread.call({ double: 6 })).toEqual([12, 'w']);
  });

  it('ends when nothing is asked of it, and comes back', async () => {
    started(1);
    expect(await thread.call({ double: 1 })).toEqual([2, 'w']);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(await thread.call({ double: 2 })).toEqual([4, 'w']);
  });

  it('takes no calls once it is closed', async () => {
    started();
    await thread.close();
    await expect(thread.call({ double: 1 })).rejects.toMatchObject({ code: 'WORKER_LOST' });
  });
});

it('says which entry is not compiled', () => {
  expect(() => compiledEntry(__dirname, 'none.js')).toThrow(/dist.none\.js is missing: build/);
});
