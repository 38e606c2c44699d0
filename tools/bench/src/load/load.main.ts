import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isQuiet, machine, ourVersions } from '../machine';
import { loadConfig } from './load.config';
import { loadPrograms } from './load.programs';

async function main(): Promise<void> {
  const config = loadConfig(process.argv.slice(2));
  const known = loadPrograms.map(({ name }) => name).join(', ');
  const chosen = loadPrograms.filter(({ name }) => config.program === null || name === config.program);
  if (chosen.length === 0) throw new RangeError(`${config.program}: must be one of ${known}`);
  for (const { name, title, run } of chosen) {
    console.error(`${name}: ${title}`);
    const circumstances = { date: new Date().toISOString(), machine: machine(), versions: ourVersions() };
    const busy = !isQuiet(circumstances.machine);
    if (busy) console.error('  the machine is busy: take the figures as a hint only');
    const measured = await run(config, (line) => console.error(`  ${line}`));
    const result = { name, title, ...measured, busyMachine: busy, ...circumstances };
    mkdirSync(config.results, { recursive: true });
    writeFileSync(join(config.results, `load-${name}.json`), `${JSON.stringify(result, null, 2)}\n`);
    console.log(JSON.stringify(measured, null, 2));
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
