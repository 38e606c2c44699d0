import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { RunResult } from '../world/run';
import type { Scenario } from '../world/scenario';

export interface PoolOptions {
  workers: number;
  /** Told of every run, in the order in which they end. */
  onResult(result: RunResult): void;
}

const CHILD = join(__dirname, 'simulate.child.js');
/** A child is replaced after so many runs: what libraries keep of finished runs goes with it. */
const RUNS_PER_CHILD = 100;
/** Runs make much that is soon let go; with more room for it a run takes a tenth less time. */
const YOUNG_MIB = 64;

/** Runs scenarios in processes of their own, one after another in each. Rejects when a process dies. */
export async function runAll(scenarios: Iterable<Scenario>, { workers, onResult }: PoolOptions): Promise<void> {
  const waiting = scenarios[Symbol.iterator]();
  await Promise.all(Array.from({ length: workers }, () => work(waiting, onResult)));
}

async function work(waiting: Iterator<Scenario>, onResult: (result: RunResult) => void): Promise<void> {
  for (;;) {
    let next = waiting.next();
    if (next.done) return;
    const child = fork(CHILD, {
      execArgv: [`--max-semi-space-size=${YOUNG_MIB}`],
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    try {
      for (let runs = 0; !next.done; next = waiting.next()) {
        onResult(await answerOf(child, next.value));
        if (++runs >= RUNS_PER_CHILD) break;
      }
    } finally {
      child.kill();
    }
  }
}

function answerOf(child: ChildProcess, scenario: Scenario): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const died = (code: number | null) =>
      reject(new Error(`the process that ran seed ${scenario.seed} ended: ${code}`));
    child.once('exit', died);
    child.once('message', (result) => {
      child.off('exit', died);
      resolve(result as RunResult);
    });
    child.send(scenario);
  });
}
