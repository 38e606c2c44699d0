import { createWriteStream } from 'node:fs';
import { extname, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline as streamPipeline } from 'node:stream/promises';
import { dayNumber } from '@perennial/pipeline';
import { action, type Invocation } from '../command.action';
import type { CommandDefinition } from '../command.definition';
import { badInput } from '../command.error';
import { chooseDataset, type DatasetSchema } from '../input/dataset.choice';
import { calendarDay, wholeNumber } from '../input/option.parsers';
import { type DataRecord, recordsOfFile } from '../input/record.file';
import { countText } from '../output/figures';
import { csvLines, jsonLines } from '../output/record.lines';
import { generateRows } from '../synthesis/row.generator';

interface GenerateOptions {
  pipeline: string;
  rows: number;
  seed: number;
  like?: string;
  out?: string;
  lastDay?: string;
}

async function seenRecords(path: string, { columns, recordId }: DatasetSchema): Promise<DataRecord[]> {
  const records: DataRecord[] = [];
  for await (const record of recordsOfFile(path, columns)) records.push(record);
  if (records.length === 0) throw badInput(`${path}: holds no record`);
  const missing = columns.filter(({ name }) => name !== recordId && !records.some((record) => name in record));
  if (missing.length === 0) return records;
  throw badInput(`${path}: lacks the columns ${missing.map(({ name }) => name).join(', ')}`);
}

async function write(file: string, lines: Iterable<string>): Promise<void> {
  const withBreaks = function* () {
    for (const line of lines) yield `${line}\n`;
  };
  await streamPipeline(Readable.from(withBreaks()), createWriteStream(file));
}

async function generate({ context, options }: Invocation<GenerateOptions>) {
  const { rows, seed, out, like, lastDay } = options;
  const dataset = await chooseDataset(context, options.pipeline);
  const { columns, recordId } = dataset;
  const seen = like === undefined ? undefined : await seenRecords(resolve(context.cwd, like), dataset);
  const today = new Date().toISOString().replace(/T.*$/, '');
  const end = dayNumber(lastDay ?? today) as number;
  const generated = generateRows({ columns, recordId, rows, seed, like: seen, lastDay: end });
  const names = columns.map(({ name }) => name);
  if (out === undefined) {
    const all = [...generated];
    return { data: { dataset: dataset.name, seed, rows: all }, text: [...csvLines(names, all)].join('\n') };
  }
  const format = extname(out).toLowerCase();
  if (!['.csv', '.jsonl', '.ndjson'].includes(format)) throw badInput(`--out ${out}: must end in .csv or .jsonl`);
  await write(resolve(context.cwd, out), format === '.csv' ? csvLines(names, generated) : jsonLines(generated));
  return { data: { dataset: dataset.name, seed, rows, file: out }, text: `Wrote ${countText(rows)} rows to ${out}.` };
}

export const generateCommand: CommandDefinition = {
  register(program, context) {
    const command = program
      .command('generate')
      .description('synthetic rows that fit a dataset, each column drawn by itself; equal seeds give equal rows')
      .requiredOption('-p, --pipeline <name>', 'a pipeline of the running platform, or a pipeline.yaml')
      .requiredOption('-n, --rows <count>', 'how many', wholeNumber(1, 10_000_000))
      .option('--seed <number>', 'of the random numbers', wholeNumber(0, 4_294_967_295), 1)
      .option('--like <file>', 'draw from the distributions of this .csv, .jsonl or .parquet')
      .option('--last-day <yyyy-MM-dd>', 'where dates without a declared range end (default: today)', calendarDay)
      .option('-o, --out <file>', '.csv or .jsonl; default: CSV on standard output');
    action<GenerateOptions>(command, context, generate);
  },
};
