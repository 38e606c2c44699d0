import { waitForBacklog } from './backlog.pace';

/** A platform that answers in turn; an Error is thrown. */
function platform(...answers: (object | Error)[]) {
  const asked: string[] = [];
  const pauses: number[] = [];
  const told: number[] = [];
  const client = {
    get: async (path: string) => {
      asked.push(path);
      const answer = answers.shift();
      if (answer instanceof Error) throw answer;
      return answer as never;
    },
  };
  const options = {
    pause: async (milliseconds: number) => void pauses.push(milliseconds),
    onWait: (messages: number) => void told.push(messages),
  };
  return { run: () => waitForBacklog(client, 'parcels', options), asked, pauses, told };
}

const full = { full: true, messages: 9_000, retryAfterSeconds: 2 };
const open = { full: false, messages: 10, retryAfterSeconds: null };

describe('pacing a submission', () => {
  it('goes on at once while the platform keeps up', async () => {
    const { run, pauses, asked } = platform(open);
    await run();
    expect([pauses, asked]).toEqual([[], ['/api/v1/datasets/parcels/backlog']]);
  });

  it('waits while the backlog is full, and says so', async () => {
    const { run, pauses, told } = platform(full, { ...full, retryAfterSeconds: 300 }, open);
    await run();
    expect([pauses, told]).toEqual([
      [2_000, 5_000],
      [9_000, 9_000],
    ]);
  });

  it('does not wait for a platform that cannot tell', async () => {
    const { run, pauses } = platform(new Error('nothing answers'));
    await run();
    expect(pauses).toEqual([]);
  });
});
