import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { kafkaVersion, secantusVersion } from '@perennial/local-stack';
import { isQuiet, machine, ourVersions } from '../machine';
import { loadConfig } from './load.config';
import { type LoadResult, runLoad } from './load.run';

const results = resolve(__dirname, '..', '..', 'results');

/** Microseconds of a process's processor time for each row. */
function perRow({ usage, rows }: Pick<LoadResult, 'usage' | 'rows'>): Record<string, number> {
  return Object.fromEntries(
    usage.map(({ name, cpuSeconds }) => [name, Number(((cpuSeconds / rows) * 1e6).toFixed(2))]),
  );
}

async function main(): Promise<void> {
  const { rows, perMessage, limitMs, environment, write } = loadConfig(process.argv.slice(2));
  const onProgress = (line: string) => console.error(`  ${line}`);
  const circumstances = { date: new Date().toISOString(), machine: machine() };
  const quiet = isQuiet(circumstances.machine);
  if (!quiet) onProgress(`the machine is busy (load ${circumstances.machine.loadAverage})`);
  const measured = await runLoad({ rows, perMessage, limitMs, environment, onProgress });
  const versions = { ...ourVersions(), kafka: kafkaVersion, secantusdb: secantusVersion };
  const result = {
    name: 'ingestion',
    quiet,
    rowsPerSecondPushed: Math.round(rows / measured.pushedSeconds),
    rowsPerSecondStored: Math.round(rows / measured.storedSeconds),
    /** Above 1: storing a day with all guarantees takes longer than reading it without any. */
    ratioToPlain: Number((measured.storedSeconds / measured.plain.seconds).toFixed(2)),
    ...measured,
    cpuMicrosecondsPerRow: perRow(measured),
    ...circumstances,
    versions,
  };
  const text = `${JSON.stringify(result, null, 2)}\n`;
  console.log(text);
  if (!write) return;
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, 'ingestion.json'), text);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
