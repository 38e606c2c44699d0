import { loadConfig } from './load.config';
import { measureLatency } from './latency.load';
import { waterfallTable } from './waterfall';

async function main(): Promise<void> {
  const { environment, rows, rounds } = loadConfig(process.argv.slice(2));
  const onProgress = (line: string) => console.error(`  ${line}`);
  const found = await measureLatency({ rows, rounds, environment, onProgress });
  for (const round of found)
    console.log(
      `\n${round.day}: ${round.totalMs} ms, training ${round.trainingMs} ms, without ${round.withoutTrainingMs} ms\n${waterfallTable(round.steps)}`,
    );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
