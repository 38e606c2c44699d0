import { ConflictError, silentLogger, type Transactor } from '@perennial/messaging';
import { ExpireAttempts } from './expire.attempts';

const overdue = ['a', 'b', 'c'];

/** Tells the overdue cycles that time has passed; `failing` says with what that fails for whom. */
function expiring(failing: Readonly<Record<string, Error>>) {
  const told: string[] = [];
  const tell = async (cycleId: string) => {
    const error = failing[cycleId];
    if (error) throw error;
    told.push(cycleId);
    return [];
  };
  const found = { correlationId: 'c', causationId: null };
  const stored = { overdue: async () => overdue, find: async () => found } as never;
  const transactor = { transact: (work: (transaction: object) => unknown) => work({}) } as unknown as Transactor;
  const expire = new ExpireAttempts({ tell } as never, stored, transactor, { now: () => new Date(0) }, silentLogger);
  return { told, run: () => expire.run() };
}

describe('attempts that have not answered in time', () => {
  it('are left for the next look where something else happened in the same moment', async () => {
    const { told, run } = expiring({ a: new ConflictError('taken meanwhile') });
    await run();
    expect(told).toEqual(['b', 'c']);
  });

  it('do not wait for one that cannot be ended, which is told', async () => {
    const { told, run } = expiring({ a: new Error('damaged') });
    await expect(run()).rejects.toThrow('damaged');
    expect(told).toEqual(['b', 'c']);
  });
});
