import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

/** State letter and start time (clock ticks since boot) out of /proc/PID/stat. */
export function parseProcessStat(stat: string): { state: string; startTicks: string } | undefined {
  // The command name is in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, startTicks] = [fields[0], fields[19]];
  return state && startTicks ? { state, startTicks } : undefined;
}

function linuxIdentity(pid: number): string | undefined {
  try {
    const parsed = parseProcessStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
    if (!parsed || parsed.state === 'Z' || parsed.state === 'X') return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${parsed.startTicks}`;
  } catch {
    return undefined;
  }
}

function portableIdentity(pid: number): string | undefined {
  try {
    const output = execFileSync('ps', ['-o', 'stat=', '-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    const [state, ...start] = output.split(/\s+/);
    return !state || state.startsWith('Z') ? undefined : start.join(' ');
  } catch {
    return undefined;
  }
}

/**
 * What tells a process from any other that ever had the same pid: boot and start time. Undefined when no such process
 * runs (one that ended and only waits to be collected does not run).
 */
export function processIdentity(pid: number): string | undefined {
  return existsSync('/proc/self/stat') ? linuxIdentity(pid) : portableIdentity(pid);
}

export function isSameProcess(process: { pid: number; identity: string }): boolean {
  return processIdentity(process.pid) === process.identity;
}
