import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename, resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import { platformClient } from '../client/platform.location';
import type { SubmissionView } from '../client/platform.views';
import { awaitSubmission, type SubmissionOutcome } from '../client/submission.wait';
import { action, type Invocation } from '../command.action';
import type { CommandDefinition } from '../command.definition';
import { badInput, failed } from '../command.error';
import { wholeNumber } from '../input/option.parsers';
import { submissionText } from '../output/submission.text';

interface SubmitOptions {
  pipeline: string;
  columns?: string;
  positive?: string;
  threshold?: number;
  scores: string;
  output?: string;
  by?: string;
  again?: boolean;
  wait: boolean;
  timeout: number;
}

const MAX_BYTES = 64 * 1024 * 1024;

function share(text: string): number {
  const value = text.trim() === '' ? NaN : Number(text);
  if (value >= 0 && value <= 1) return value;
  throw new InvalidArgumentError('Must be a number from 0 to 1.');
}

async function modelFile(file: string): Promise<Uint8Array> {
  const { size } = await stat(file);
  if (size === 0 || size > MAX_BYTES) throw badInput(`${file} has ${size} bytes: must have 1 to ${MAX_BYTES}`);
  return readFile(file);
}

const userName = (): string => userInfo().username;

async function submit({ context, options, args }: Invocation<SubmitOptions>) {
  const file = resolve(context.cwd, args[0] as string);
  const bytes = await modelFile(file);
  const { pipeline, columns, positive, threshold, scores, output, by, again } = options;
  const query = {
    by: by ?? (context.env.PERENNIAL_KEY ? undefined : userName()),
    columns,
    positive,
    threshold,
    scores,
    output,
    again: again ? 'true' : undefined,
  };
  const client = platformClient(context);
  context.note(context.style('dim', `checking ${basename(file)} …`));
  const path = `/api/v1/models/${encodeURIComponent(pipeline)}/submissions`;
  const submitted = await client.upload<SubmissionView>(path, query, bytes);
  if (!options.wait) return { data: submitted, text: `${submitted.submissionId} is ${submitted.state}.` };
  const onState = (state: string) => context.note(context.style('dim', `submission: ${state}`));
  const wait = { timeoutMs: options.timeout * 1000, signal: context.signal, onState };
  const outcome = await awaitSubmission(client, submitted, wait);
  if (outcome.state === 'refused') throw refused(outcome);
  return { data: outcome, text: submissionText(outcome, context.style) };
}

function refused({ submissionId, refusal, name, pipeline }: SubmissionOutcome) {
  const { reason = 'unknown', detail = '' } = refusal ?? {};
  return failed(`${submissionId} is refused: ${reason}: ${detail}`, {
    code: 'SUBMISSION_REFUSED',
    details: { submissionId, refusal },
    hint: `on another day: the same command with --again; all of it: GET /api/v1/models/${pipeline}/submissions/${name}`,
  });
}

export const modelCommand: CommandDefinition = {
  register(program, context) {
    const group = program.command('model').description('models that were trained elsewhere');
    const command = group
      .command('submit')
      .description('bring an ONNX classifier: it is checked, judged like a candidate, and becomes a version if it wins')
      .argument('<file>', 'an ONNX file with all its data')
      .requiredOption('-p, --pipeline <name>', 'the pipeline whose columns it takes')
      .option(
        '--columns <a,b,c>',
        'columns in the order in which the file takes them; else its inputs are named as columns',
      )
      .option(
        '--positive <class>',
        'the class of the file that is the positive one; else the value the pipeline declares',
      )
      .option(
        '--threshold <share>',
        'a probability at or above it means positive; else as the file says, or 0.5',
        share,
      )
      .addOption(
        new Option('--scores <kind>', 'what the file answers')
          .choices(['probabilities', 'logits'])
          .default('probabilities'),
      )
      .option('--output <name>', 'the output of the file, where several may be meant')
      .option('--by <name>', 'who submits it; else the name of this user')
      .option('--again', 'judge a file again that was refused')
      .option('--no-wait', 'do not wait for the verdict')
      .option('--timeout <seconds>', 'how long to wait for the verdict', wholeNumber(1, 86_400), 1800);
    action<SubmitOptions>(command, context, submit);
  },
};
