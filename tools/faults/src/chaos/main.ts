import { stopEverything } from '../platform/platform.under.test';
import { chaosArguments } from './chaos.arguments';
import { ordinaryLoad, runChaos } from './chaos.runner';
import { summaryOf } from './chaos.summary';
import { scenarios } from './registry';

const print = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const { list, orders } = chaosArguments(process.argv.slice(2), scenarios);
  if (list) {
    for (const { name, weight, describes } of scenarios) print(`${name} (${weight} of 30): ${describes}`);
    return 0;
  }
  print(`seeds ${orders.map(({ seed, scenario }) => `${seed} ${scenario.name}`).join(', ')}`);
  const verdicts = await runChaos(orders, { print, ...ordinaryLoad });
  print(summaryOf(verdicts));
  return verdicts.some(({ problems }) => problems.length > 0) ? 1 : 0;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.once(signal, () => void stopEverything().finally(() => process.exit(130)));
}

main().then(
  (code) => process.exit(code),
  (error: Error) => {
    process.stderr.write(`${error.stack ?? error.message}\n`);
    process.exit(2);
  },
);
