import { type BrokerRecord, silentLogger, sleep } from '@perennial/messaging';
import { processSlice, type SliceControl, type SliceHandler, type SliceOptions } from './slice.processor';

const records = (keys: string[]): BrokerRecord[] =>
  keys.map((key, n) => ({
    topic: 't',
    partition: 0,
    offset: String(n),
    key: Buffer.from(key),
    value: null,
    headers: {},
    timestamp: 0,
  }));

const options: SliceOptions = {
  lanes: 4,
  heartbeatMs: 1,
  graceMs: 1,
  redelivery: { initialMs: 1, maximumMs: 1 },
  sleep,
  random: () => 0,
  logger: silentLogger,
};

describe('a slice of a partition', () => {
  const run = (keys: string[], handler: SliceHandler, overrides: Partial<SliceControl> = {}) => {
    const commits: string[] = [];
    const control: SliceControl = {
      signal: new AbortController().signal,
      draining: () => false,
      heartbeat: async () => {},
      commit: async (offset) => void commits.push(offset),
      ...overrides,
    };
    const finished = processSlice({ topic: 't', partition: 0, records: records(keys) }, handler, control, options);
    return { commits, finished };
  };

  it('commits the offset after the last record when all are handled', async () => {
    const { commits, finished } = run(['a', 'b', 'c'], { onRecord: async () => {} });
    expect(await finished).toBe('2');
    expect(commits.at(-1)).toBe('3');
  });

  it('commits nothing while the first record is open, and beats the heart', async () => {
    let finish = () => {};
    const open = new Promise<void>((resolve) => (finish = resolve));
    let beats = 0;
    const { commits, finished } = run(
      ['a', 'b'],
      { onRecord: ({ offset }) => (offset === '0' ? open : Promise.resolve()) },
      {
        heartbeat: async () => {
          if (++beats === 3) finish();
        },
      },
    );
    await open;
    expect(commits).toEqual([]);
    await finished;
    expect(commits.at(-1)).toBe('2');
  });

  it('takes no further record while draining, and commits what is done', async () => {
    let draining = false;
    const handled: string[] = [];
    const { commits, finished } = run(
      ['a', 'a', 'a'],
      {
        onRecord: async ({ offset }) => {
          handled.push(offset);
          draining = offset === '1';
        },
      },
      { draining: () => draining },
    );
    expect(await finished).toBe('1');
    expect(handled).toEqual(['0', '1']);
    expect(commits.at(-1)).toBe('2');
  });

  it('aborts its handlers after a failed heartbeat, waits for them, and passes the failure on', async () => {
    const rebalancing = new Error('rebalancing');
    let ended = false;
    const { commits, finished } = run(
      ['a'],
      {
        onRecord: async (_, { signal }) => {
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
          await new Promise((resolve) => setTimeout(resolve, 5));
          ended = true;
          throw new Error('handed back');
        },
      },
      {
        heartbeat: async () => {
          throw rebalancing;
        },
      },
    );
    await expect(finished).rejects.toBe(rebalancing);
    expect(ended).toBe(true);
    expect(commits).toEqual([]);
  });

  it('gives a batch handler the whole slice until it accepts it', async () => {
    let tries = 0;
    const { commits, finished } = run(['a', 'b'], {
      onBatch: async (slice) => {
        expect(slice.records).toHaveLength(2);
        if (++tries < 3) throw new Error('not yet');
      },
    });
    expect(await finished).toBe('1');
    expect(tries).toBe(3);
    expect(commits).toEqual(['2']);
  });
});
