import { readdirSync, writeFileSync } from 'node:fs';
import { getPriority, setPriority } from 'node:os';

const MOST = 19;

/** A thread or process may have ended meanwhile, or the system may not allow it: then it goes on as before. */
function yieldBy(steps: number, id: number): void {
  try {
    setPriority(id, Math.min(MOST, getPriority(id) + steps));
  } catch {
    return;
  }
}

/**
 * Lets the calling thread, and those that it starts from now on, yield the processor by so many steps of niceness more
 * than now. Only Linux counts niceness by thread; elsewhere nothing happens.
 */
export function yieldThread(steps: number): void {
  if (process.platform === 'linux') yieldBy(steps, 0);
}

/** The same for a whole process, with the threads that its garbage collector and compiler have already. */
export function yieldProcess(steps: number, pid = process.pid): void {
  if (process.platform === 'linux') for (const thread of threadsOf(pid)) yieldBy(steps, thread);
  else yieldBy(steps, pid);
}

/**
 * Linux may share the processor among sessions first, and by niceness only within one (sched_autogroup). For a process
 * that was started in a session of its own: lets the session yield as well. Does nothing elsewhere.
 */
export function yieldSession(steps: number, pid = process.pid): void {
  yieldProcess(steps, pid);
  try {
    writeFileSync(`/proc/${pid}/autogroup`, String(Math.min(MOST, steps)), { flag: 'r+' });
  } catch {
    return;
  }
}

function threadsOf(pid: number): number[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [];
  }
}
