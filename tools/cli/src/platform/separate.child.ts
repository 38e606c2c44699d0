import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { serviceNames } from '@perennial/contracts';
import { startFailure, startFailureIn } from '../output/log.lines';
import { platformLayout } from './platform.layout';
import { platformPlan } from './platform.plan';
import { writeServiceProcesses } from './platform.state';
import { SupervisedProcess } from './supervised.process';

const shownLines = 12;

/** The supervisor of `--separate`: a process per service and one for the gateway. Argument: the plan's file. */
function main(planFile: string): void {
  const plan = platformPlan.parse(JSON.parse(readFileSync(planFile, 'utf8')));
  const layout = platformLayout(plan.home);
  const children = new Map<string, SupervisedProcess>();
  const logOf = (name: string) => join(layout.logs, `${name}.log`);
  const onChange = () =>
    writeServiceProcesses(
      layout.services,
      Object.fromEntries([...children].map(([name, { pid, restarts, ready }]) => [name, { pid, restarts, ready }])),
    );
  const stop = async (code: number): Promise<void> => {
    await Promise.all([...children.values()].map((child) => child.stop()));
    process.exit(code);
  };
  const onFailedStart = (name: string, reason: string) => {
    const log = readFileSync(logOf(name), 'utf8').trimEnd().split('\n').slice(-shownLines).join('\n');
    const told = startFailureIn(log);
    console.error(told === log ? startFailure(name, `${reason}; the end of ${logOf(name)}:\n${log}`) : told);
    void stop(1);
  };
  const supervise = (name: string, args: string[]) => {
    const options = { name, args, logFile: logOf(name), onChange, onFailedStart, log: console.error };
    children.set(name, new SupervisedProcess(options));
  };
  supervise('gateway', [join(__dirname, 'gateway.child.js'), planFile]);
  for (const name of serviceNames) supervise(name, [join(__dirname, 'service.child.js'), planFile, name]);
  process.once('SIGTERM', () => void stop(0));
  for (const child of children.values()) child.start();
}

main(process.argv[2] as string);
