import type { ChaosVerdict } from './chaos.runner';

/** One line per run, then how many there were. */
export function summaryOf(verdicts: readonly ChaosVerdict[]): string {
  const width = Math.max(0, ...verdicts.map(({ scenario }) => scenario.length));
  const lines = verdicts.map(({ seed, scenario, seconds, problems }) => {
    const verdict = problems.length === 0 ? 'ok' : `FAILED: ${problems[0]!.split('\n')[0]}`;
    return `seed ${String(seed).padStart(4)}  ${scenario.padEnd(width)}  ${seconds.toFixed(1).padStart(6)} s  ${verdict}`;
  });
  const failed = verdicts.filter(({ problems }) => problems.length > 0).length;
  return [...lines, `${verdicts.length} runs, ${failed} failed`].join('\n');
}
