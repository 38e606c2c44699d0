import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { FuzzFailure, FuzzReport } from './fuzz.run';

/** Of JavaScript objects; what lies outside the heap is watched by the child itself. */
const heapMegabytes = 768;

type Sent = Omit<FuzzReport, 'failures'> & { failures: (Omit<FuzzFailure, 'input'> & { input: string })[] };
type Message = { at: number } | { report: Sent };

/** The compiled child: beside this file in dist, or in dist when this file runs from source. */
const childFile = [join(__dirname, 'fuzz.child.js'), join(__dirname, '..', 'dist', 'fuzz.child.js')].find(existsSync);

/** Runs a target in a process with little memory. A crash, or silence for `silenceMs`, is a failure of its own. */
export function superviseFuzz(
  target: string,
  { seed, cases, from = 0, silenceMs = 120_000 }: { seed: number; cases: number; from?: number; silenceMs?: number },
): Promise<FuzzReport> {
  if (!childFile) throw new Error('not compiled: npx tsc -b tools/fuzz');
  const child = fork(childFile, [target, seed, cases, from].map(String), {
    execArgv: [`--max-old-space-size=${heapMegabytes}`],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return new Promise((resolve) => {
    let at = from;
    let report: FuzzReport | undefined;
    let reason = '';
    const alive = () => {
      clearTimeout(watchdog);
      watchdog = setTimeout(() => {
        reason = `no sign of life for ${silenceMs} ms`;
        child.kill('SIGKILL');
      }, silenceMs);
    };
    let watchdog: NodeJS.Timeout | undefined;
    alive();
    child.on('message', (message: Message) => {
      alive();
      if ('at' in message) at = message.at;
      else {
        const failures = message.report.failures.map((each) => ({ ...each, input: Buffer.from(each.input, 'base64') }));
        report = { ...message.report, failures };
      }
    });
    child.on('exit', (code, signal) => {
      clearTimeout(watchdog);
      if (report) return resolve(report);
      const defect = `the process ended: ${reason || signal || `exit code ${code}`}`;
      const failure = {
        target,
        index: at,
        defect,
        stack: `between case ${at} and ${at + 50}`,
        input: new Uint8Array(),
      };
      resolve({ target, cases: at - from, accepted: 0, failures: [failure] });
    });
  });
}
