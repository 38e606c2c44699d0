import { getPriority, setPriority } from 'node:os';

/**
 * Lets the calling thread, and those that it starts from now on, yield the processor by so many steps more than now.
 * Only Linux counts niceness by thread; elsewhere nothing happens, for it would be the whole process.
 */
export function yieldBy(steps: number): void {
  if (steps > 0 && process.platform === 'linux') setPriority(Math.min(19, getPriority() + steps));
}
