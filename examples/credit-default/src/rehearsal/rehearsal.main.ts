// Lives the four days without the services, for several orders and seeds, and prints the table of README.md:
//   node dist/rehearsal/rehearsal.main.js TABLE.csv [--seeds 1,2,3] [--rows 4500] [--reference 12000] [--pipeline FILE]
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readPipeline, pipelineFile } from '../data/credit.pipeline';
import { parseTable } from '../data/one-hot.decode';
import { fullSizes } from '../days/day.plan';
import { rehearse, type RehearsedDay } from './rehearse';

const figure = (value: number): string => value.toFixed(3).slice(1);

const cellOf = ({ incumbent, attempts, verdict }: RehearsedDay): string =>
  [figure(incumbent), ...attempts.map((f1) => `→ ${figure(f1)}`), verdict].join(' ');

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      seeds: { type: 'string', default: '1,2,3,4,5' },
      rows: { type: 'string', default: String(fullSizes.day) },
      reference: { type: 'string', default: String(fullSizes.reference) },
      pipeline: { type: 'string', default: pipelineFile },
    },
  });
  const records = parseTable(readFileSync(positionals[0] ?? '', 'utf8'));
  const pipeline = readPipeline(readFileSync(values.pipeline, 'utf8'));
  const sizes = { reference: Number(values.reference), day: Number(values.rows) };
  console.log('| seed | reference | day 1 | day 2 | day 3 | day 4 |\n| ---- | --- | --- | --- | --- | --- |');
  for (const seed of values.seeds.split(',').map(Number)) {
    const cells: string[] = [];
    for await (const day of rehearse(records, pipeline, sizes, seed)) cells.push(cellOf(day));
    console.log(`| ${seed} | ${cells.join(' | ')} |`);
  }
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
