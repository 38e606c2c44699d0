import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { inferenceClient } from '../client/platform.location';
import { action, type Invocation } from '../command.action';
import type { CommandDefinition } from '../command.definition';
import { badInput, CommandError } from '../command.error';
import { instanceOf, predictionBody } from '../input/prediction.body';
import { type Prediction, predictionsTable } from '../output/prediction.text';

interface PredictOptions {
  data?: string;
  instance?: string[];
  pipeline?: string;
}

async function bodyOf({ context, options: { data, instance }, args: [file] }: Invocation<PredictOptions>) {
  const given = [data, instance, file].filter((source) => source !== undefined);
  if (given.length > 1) throw badInput('give one of FILE, --data and --instance');
  if (instance) return { instances: [instanceOf(instance)] };
  if (data !== undefined) return predictionBody(data, '--data');
  if (typeof file === 'string' && file !== '-') {
    return predictionBody(await readFile(resolve(context.cwd, file), 'utf8'), file);
  }
  if (context.stdin.isTTY && file !== '-') {
    throw badInput('nothing to predict', { hint: 'perennial predict --instance COLUMN=VALUE …, or a JSON file' });
  }
  return predictionBody(await context.stdin.read(), 'standard input');
}

/** What to do about an answer that names no option of this command. */
function withHint(error: unknown, pipeline: string | undefined): unknown {
  if (!(error instanceof CommandError)) return error;
  const hints: Record<string, string> = {
    AMBIGUOUS_PIPELINE: 'name the pipeline: perennial predict --pipeline NAME …',
    NO_MODEL: `its reference day trains the first model: perennial submit FILE --pipeline ${pipeline ?? 'NAME'} --day DAY`,
  };
  const { exit, message, code, details, cause, hint = hints[error.code] } = error;
  return new CommandError(exit, message, { code, details, cause, hint });
}

export const predictCommand: CommandDefinition = {
  register(program, context) {
    const command = program
      .command('predict')
      .description('ask the serving model')
      .argument('[file]', 'JSON file; - or nothing reads standard input')
      .option('--data <json>', 'a row, an array of rows, or a whole request')
      .option('--instance <column=value...>', 'one row; quote a value ("1") to send it as text')
      .option('-p, --pipeline <name>', 'needed where several pipelines are served');
    action<PredictOptions>(command, context, async (invocation) => {
      const { pipeline } = invocation.options;
      const body = await bodyOf(invocation);
      const path = pipeline === undefined ? '/predict' : `/predict/${encodeURIComponent(pipeline)}`;
      const answer = await inferenceClient(invocation.context)
        .post<Prediction | { predictions: Prediction[] }>(path, body)
        .catch((error: unknown) => {
          throw withHint(error, pipeline);
        });
      const predictions = 'predictions' in answer ? answer.predictions : [answer];
      return { data: answer, text: predictionsTable(predictions) };
    });
  },
};
