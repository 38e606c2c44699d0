import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLock } from './exclusive.lock';
import { processIdentity } from './process.identity';

describe('withLock', () => {
  let directory: string;
  beforeEach(() => (directory = mkdtempSync(join(tmpdir(), 'lock '))));
  afterEach(() => rmSync(directory, { recursive: true }));

  it('lets one holder in at a time', async () => {
    let inside = 0;
    let most = 0;
    const hold = () =>
      withLock(join(directory, 'lock'), async () => {
        most = Math.max(most, (inside += 1));
        await new Promise((resolve) => setImmediate(resolve));
        inside -= 1;
      });
    await Promise.all([hold(), hold(), hold(), hold()]);
    expect(most).toBe(1);
  });

  const leaveBehind = (holder: object) => {
    mkdirSync(join(directory, 'lock'));
    writeFileSync(join(directory, 'lock', '7'), JSON.stringify(holder));
  };

  it.each([
    ['a process that is gone', { pid: 2 ** 22 + 1, identity: 'boot/1' }],
    ['an earlier process with the pid of a living one', { pid: process.pid, identity: 'boot/1' }],
    ['nobody, half written', {}],
  ])('takes over from %s', async (_, holder) => {
    leaveBehind(holder);
    await expect(withLock(join(directory, 'lock'), () => Promise.resolve('in'), { waitMs: 0 })).resolves.toBe('in');
  });

  it('gives up on a holder that lives, and names it', async () => {
    leaveBehind({ pid: process.pid, identity: processIdentity(process.pid) });
    const attempt = withLock(join(directory, 'lock'), () => Promise.resolve(), { waitMs: -1 });
    await expect(attempt).rejects.toMatchObject({ code: 'lock-timeout', retryable: true });
  });

  it('is free again after work that failed', async () => {
    const failing = withLock(join(directory, 'lock'), () => Promise.reject(new Error('broken')));
    await expect(failing).rejects.toThrow('broken');
    await withLock(join(directory, 'lock'), () => Promise.resolve(), { waitMs: 0 });
  });
});
