import { day } from '@perennial/contracts';
import { mongoEnvironmentSchema } from '@perennial/messaging-mongo';
import { objectStoreConfig } from '@perennial/object-store';
import { InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import { requirePlatform } from '../client/platform.location';
import { action } from '../command.action';
import type { CommandContext } from '../command.context';
import { type CommandDefinition, show } from '../command.definition';
import { badInput, CommandError, exitCode, failed } from '../command.error';
import { wholeNumber } from '../input/option.parsers';
import { checkPipelines } from '../input/pipeline.files';
import type { Installation } from '../integrity/live.history';
import { type Verification, verify } from '../integrity/verification';
import { kafkaOf } from '../kafka/broker.access';
import { verificationSummary, verificationText } from '../output/verification.text';
import { runningPlatform } from '../platform/platform.start';

interface VerifyOptions {
  pipeline?: string;
  since?: string;
  wait: number;
}

function parsed<T>(schema: z.ZodType<T>, values: object): T {
  const result = schema.safeParse(values);
  if (result.success) return result.data;
  throw badInput(result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
}

/** As the services read it: what PIPELINES names, else what the running platform was started with. */
function pipelinesOf(context: CommandContext): Installation['pipelines'] {
  const { PIPELINES: named } = context.env;
  const paths = named ? named.split(',').map((path) => path.trim()) : requirePlatform(context).pipelines;
  return checkPipelines(paths, context.cwd, context.env).flatMap(({ pipeline }) => pipeline ?? []);
}

/** The installation that `up` started in this home, or the one that the environment names. */
export function installationOf(context: CommandContext): Installation {
  const { env } = context;
  const running = env.PERENNIAL_URL ? undefined : runningPlatform(context.stack.home);
  const url = running?.mongo ?? env.MONGO_URL ?? requirePlatform(context).mongo;
  return {
    kafka: kafkaOf(context),
    mongo: parsed(mongoEnvironmentSchema, { ...env, MONGO_URL: url }),
    objects: parsed(objectStoreConfig, env),
    pipelines: pipelinesOf(context),
    suffix: env.GROUP_SUFFIX ?? '',
  };
}

function dayText(text: string): string {
  if (day.safeParse(text).success) return text;
  throw new InvalidArgumentError('must be a calendar day as yyyy-MM-dd');
}

function requireKnown({ pipelines }: Installation, pipeline: string | undefined): void {
  if (pipeline === undefined || pipelines.some(({ name }) => name === pipeline)) return;
  const known = pipelines.map(({ name }) => name).join(', ');
  throw badInput(`--pipeline ${pipeline}: no pipeline has this name`, { hint: `it is one of ${known}` });
}

/** 1: some guarantee is broken. 2: none is, but one could not be checked. */
function settle({ report }: Verification): void {
  const summary = verificationSummary(report);
  if (report.violated > 0) throw failed(summary, { code: 'GUARANTEE_VIOLATED' });
  if (report.unobserved > 0) throw new CommandError(exitCode.usage, summary, { code: 'NOT_CHECKED' });
}

export const verifyCommand: CommandDefinition = {
  register(program, context) {
    const command = program
      .command('verify')
      .description('check what happened against the guarantees; exit 0 proved, 1 violated, 2 not all could be checked')
      .option('-p, --pipeline <name>', 'of this pipeline only; what belongs to all of them is left out')
      .option('--since <day>', 'read the rows of this day and later ones only', dayText)
      .option('--wait <seconds>', 'wait so long for what is under way', wholeNumber(0, 86_400), 60);
    action<VerifyOptions>(command, context, async ({ context, options }) => {
      const { pipeline, since, wait } = options;
      const installation = installationOf(context);
      requireKnown(installation, pipeline);
      const { signal } = context;
      const verified = await verify(installation, { pipeline, since, waitMs: wait * 1000, signal });
      const { report, unfinished } = verified;
      show(context, options, { data: { ...report, unfinished }, text: verificationText(verified, context.style) });
      settle(verified);
    });
  },
};
