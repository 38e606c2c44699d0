import '../scheduler/synchronous.zlib';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { runScenario, type RunResult } from '../world/run';
import { type Scenario, scenarioOf } from '../world/scenario';
import { knownScenarios, readScenario } from './known.scenarios';
import { runAll } from './run.pool';
import { shrink } from './shrink.scenario';

const usage = `Runs the services on simulated drivers and checks what they guarantee.

  --seed N          one run, with its digest
  --schedule FILE   one run of a scenario as a failure printed it
  --seeds COUNT     that many runs, from --from (default 1), and those that failed once
  --from N          first seed of --seeds
  --workers N       processes for --seeds (default: one per processor)
  --log             what the processes log, for one run
  --no-shrink       report a failure as it is`;

const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    schedule: { type: 'string' },
    seeds: { type: 'string' },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: String(availableParallelism()) },
    log: { type: 'boolean', default: false },
    'no-shrink': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

const TRACE_SHOWN = 80;
/** Failures of a campaign that are told and shrunk; the others are named. */
const TOLD = 3;

async function one(scenario: Scenario): Promise<boolean> {
  const log = (process: string, at: number, level: string, fields: object, message: string) => {
    const { err } = fields as { err?: Error };
    console.log(`${at.toFixed(0)} ${process} ${level} ${message}${err ? `: ${err.message}` : ''}`);
  };
  const result = await runScenario(scenario, { keepTrace: TRACE_SHOWN, ...(values.log && { log }) });
  console.log(
    `seed ${scenario.seed}: ${result.steps} steps, ${scenario.faults.length} faults, digest ${result.digest}`,
  );
  if (result.violated.length > 0) await tell(result);
  return result.violated.length === 0;
}

async function many(count: number, first: number, workers: number): Promise<boolean> {
  const known = knownScenarios().map(({ scenario }) => scenario);
  const scenarios = [...known, ...Array.from({ length: count }, (_, n) => scenarioOf(first + n))];
  const startedAt = performance.now();
  const failed: RunResult[] = [];
  let [runs, steps] = [0, 0];
  await runAll(scenarios, {
    workers,
    onResult: (result) => {
      runs++;
      steps += result.steps;
      if (result.violated.length === 0) return;
      failed.push(result);
      console.log(`seed ${result.scenario.seed} breaks: ${result.violated.join(', ')}`);
    },
  });
  const seconds = (performance.now() - startedAt) / 1000;
  const speed = `${(runs / seconds).toFixed(2)} seeds/s, ${Math.round(steps / seconds)} steps/s`;
  console.log(`simulation: ${runs} runs (seeds ${first} to ${first + count - 1}, ${known.length} known), ${speed}`);
  if (failed.length > 0) {
    const seeds = failed.map(({ scenario: { seed }, violated }) => `${seed} (${violated.join(', ')})`);
    console.log(`${failed.length} runs broke a guarantee: seeds ${seeds.join('; ')}`);
  }
  for (const result of failed.slice(0, TOLD)) await tell(result);
  return failed.length === 0;
}

async function tell(result: RunResult): Promise<void> {
  const { seed } = result.scenario;
  console.log(`\nseed ${seed} breaks: ${result.violated.join(', ')}\n${result.report}`);
  if (values['no-shrink']) return;
  console.log(`\nshrinking ${result.scenario.faults.length} faults …`);
  const { scenario, report, trace } = await shrink(result, { keepTrace: TRACE_SHOWN });
  console.log(`\nsmallest schedule that breaks it (save it and run it with --schedule FILE):`);
  console.log(JSON.stringify(scenario, null, 1));
  console.log(`\n${report}\n\nthe end of what happened then:\n${trace.join('\n')}`);
}

async function main(): Promise<boolean> {
  if (values.schedule !== undefined) return one(readScenario(values.schedule));
  if (values.seed !== undefined) return one(scenarioOf(Number(values.seed)));
  if (values.seeds === undefined || values.help) {
    console.log(usage);
    return values.help;
  }
  return many(Number(values.seeds), Number(values.from), Number(values.workers));
}

void main().then((passed) => process.exit(passed ? 0 : 1));
