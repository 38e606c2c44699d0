import type { ServiceProcess } from '../platform/platform.under.test';

/** Kills processes without a warning, each at most once: later it is another process that bears the name. */
export class Killer {
  readonly killed: string[] = [];

  constructor(private readonly processes: readonly ServiceProcess[]) {}

  kill(service: string): void {
    if (this.killed.includes(service)) return;
    const pid = this.processes.find((each) => each.service === service)?.pid;
    if (pid === undefined || pid === null) throw new Error(`${service} has no process`);
    process.kill(pid, 'SIGKILL');
    this.killed.push(service);
  }
}
