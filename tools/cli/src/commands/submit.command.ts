import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { waitForBacklog } from '../client/backlog.pace';
import { awaitVerdict } from '../client/cycle.wait';
import { findDataset } from '../client/dataset.lookup';
import { platformClient } from '../client/platform.location';
import type { CycleDetail } from '../client/platform.views';
import { action, type Invocation } from '../command.action';
import type { CommandDefinition } from '../command.definition';
import { badInput, failed } from '../command.error';
import { survey } from '../input/day.survey';
import { calendarDay, wholeNumber } from '../input/option.parsers';
import { recordsOfFile } from '../input/record.file';
import { kafkaOf } from '../kafka/broker.access';
import { pushDay, withPublisher } from '../kafka/day.producer';
import { cycleText } from '../output/cycle.text';
import { countText, durationText } from '../output/figures';
import { ProgressBar } from '../output/progress.bar';

interface SubmitOptions {
  pipeline: string;
  day: string;
  batchSize: number;
  wait?: boolean;
  timeout: number;
}

async function push({ context, options, args }: Invocation<SubmitOptions>) {
  const file = resolve(context.cwd, args[0] as string);
  const dataset = await findDataset(platformClient(context), options.pipeline);
  const records = () => recordsOfFile(file, dataset.columns);
  const { records: total, distinct } = await survey(records(), dataset.recordId);
  if (total === 0) throw badInput(`${file}: holds no record`);
  const bar = new ProgressBar(context.progress, `${dataset.name} ${options.day}`, total);
  const startedAt = performance.now();
  const target = { dataset: dataset.name, day: options.day };
  const spread = { ...target, recordId: dataset.recordId };
  const { signal } = context;
  const pause = (milliseconds: number) => setTimeout(milliseconds, undefined, { signal });
  const onWait = (messages: number) => context.note(`the platform is behind by ${messages} messages; waiting …`);
  const pace = () => waitForBacklog(platformClient(context), dataset.name, { pause, onWait });
  const pushOptions = { batchSize: options.batchSize, signal, pace, onProgress: (done: number) => bar.update(done) };
  const { pushed, correlationId } = await withPublisher(kafkaOf(context), (publisher) =>
    pushDay(publisher, spread, records(), distinct, pushOptions),
  ).finally(() => bar.clear());
  const seconds = (performance.now() - startedAt) / 1000;
  return { ...target, pipeline: options.pipeline, rows: pushed, distinct, correlationId, seconds };
}

async function submit(invocation: Invocation<SubmitOptions>) {
  const { context, options } = invocation;
  const { pipeline, day } = options;
  const submission = await push(invocation);
  const { rows, dataset, seconds } = submission;
  const told = `Pushed ${countText(rows)} records of ${dataset} for ${day} in ${durationText(seconds * 1000)}.`;
  if (!options.wait) return { data: submission, text: told };
  context.note(told);
  const onStatus = (status: string) => context.note(context.style('dim', `cycle: ${status}`));
  const wait = { pipeline, dataset, day, timeoutMs: options.timeout * 1000, signal: context.signal, onStatus };
  const cycle = await awaitVerdict(platformClient(context), wait);
  if (cycle.status === 'exhausted') throw exhausted(cycle);
  return { data: { ...submission, cycle }, text: cycleText(cycle, context.style) };
}

const exhausted = ({ pipeline, day, attempts }: CycleDetail) =>
  failed(`${pipeline} ${day}: ${attempts} attempts gave no model that passes`, {
    code: 'ATTEMPTS_EXHAUSTED',
    hint: `see: perennial cycles --pipeline ${pipeline} --day ${day}`,
  });

export const submitCommand: CommandDefinition = {
  register(program, context) {
    const command = program
      .command('submit')
      .description('push a day of records to Kafka, as an outside producer would, and close it')
      .argument('<file>', '.csv with a header, .jsonl, .ndjson or .parquet')
      .requiredOption('-p, --pipeline <name>', 'the pipeline whose dataset it is')
      .requiredOption('-d, --day <yyyy-MM-dd>', 'the business day', calendarDay)
      .option('--batch-size <records>', 'records per message', wholeNumber(1, 10_000), 200)
      .option('--wait', 'wait for the verdict of the day; exit 1 when no attempt passed')
      .option('--timeout <seconds>', 'how long --wait waits', wholeNumber(1, 86_400), 1800);
    action<SubmitOptions>(command, context, submit);
  },
};
