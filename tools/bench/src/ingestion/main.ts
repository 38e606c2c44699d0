import { loadConfig } from './load.config';
import { runLoad } from './load.run';

async function main(): Promise<void> {
  const { rows, perMessage, limitMs, environment } = loadConfig(process.argv.slice(2));
  const onProgress = (line: string) => console.error(`  ${line}`);
  const result = await runLoad({ rows, perMessage, limitMs, environment, onProgress });
  console.log(JSON.stringify(result, null, 2));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
