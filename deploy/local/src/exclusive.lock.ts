import { linkSync, mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeAtomically } from './atomic.file';
import { isSameProcess, processIdentity } from './process.identity';
import { StackError } from './stack.error';

export interface LockOptions {
  readonly waitMs?: number;
  readonly onWait?: (holderPid: number) => void;
}

const generations = (directory: string): number[] =>
  readdirSync(directory)
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .sort((left, right) => right - left);

function holderOf(path: string): { pid: number; identity: string } | undefined {
  try {
    const holder = JSON.parse(readFileSync(path, 'utf8')) as { pid?: number; identity?: string };
    return holder.pid && holder.identity ? { pid: holder.pid, identity: holder.identity } : undefined;
  } catch {
    return undefined;
  }
}

/** Generation now held by this caller, or the pid that holds the lock, or undefined when the race was lost. */
function tryAcquire(directory: string): { generation: number } | { heldBy: number } | undefined {
  const newest = generations(directory)[0] ?? 0;
  const holder = newest > 0 ? holderOf(join(directory, String(newest))) : undefined;
  if (holder && isSameProcess(holder)) return { heldBy: holder.pid };
  const generation = newest + 1;
  const claim = join(directory, `claim.${process.pid}.${process.hrtime.bigint()}`);
  writeAtomically(claim, JSON.stringify({ pid: process.pid, identity: processIdentity(process.pid) }));
  try {
    linkSync(claim, join(directory, String(generation)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return undefined;
    throw error;
  } finally {
    rmSync(claim, { force: true });
  }
  // A slower caller may have linked a number that others already took, released and removed.
  const all = generations(directory);
  if (all[0] !== generation) {
    rmSync(join(directory, String(generation)), { force: true });
    return undefined;
  }
  for (const older of all.slice(1)) rmSync(join(directory, String(older)), { force: true });
  return { generation };
}

/**
 * Runs `work` while no other process runs under the same lock directory. Each holder links the next number; the newest
 * number is never removed, so a lock left by a crash is taken over by exactly one successor.
 * @throws StackError `lock-timeout` after `waitMs` (default 15 minutes: another process may be downloading).
 */
export async function withLock<T>(directory: string, work: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  mkdirSync(directory, { recursive: true });
  const deadline = Date.now() + (options.waitMs ?? 900_000);
  let announced = false;
  for (;;) {
    const attempt = tryAcquire(directory);
    if (attempt && 'generation' in attempt) {
      try {
        return await work();
      } finally {
        writeAtomically(join(directory, String(attempt.generation)), '{}\n');
      }
    }
    if (attempt && !announced) {
      announced = true;
      options.onWait?.(attempt.heldBy);
    }
    if (Date.now() > deadline) {
      const holder = attempt ? ` by process ${attempt.heldBy}` : '';
      throw new StackError('lock-timeout', `${directory} is still held${holder}; wait for it to finish or end it`);
    }
    await sleep(100);
  }
}
