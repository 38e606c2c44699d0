import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

/** A trainer in a process of its own, from compiled code; resolves when it is ready. */
export async function startProcess(env: NodeJS.ProcessEnv): Promise<ChildProcess> {
  const child = fork(resolve(__dirname, '../../dist/main.js'), [], {
    env,
    execArgv: [],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit').then(([code]) => Promise.reject(new Error(`the trainer ended with ${code}`)));
  await Promise.race([once(child, 'message'), exited]);
  exited.catch(() => undefined);
  return child;
}
