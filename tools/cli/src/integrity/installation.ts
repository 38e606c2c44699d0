import { mongoEnvironmentSchema } from '@perennial/messaging-mongo';
import { objectStoreConfig } from '@perennial/object-store';
import type { z } from 'zod';
import { requirePlatform } from '../client/platform.location';
import type { CommandContext } from '../command.context';
import { badInput } from '../command.error';
import { checkPipelines } from '../input/pipeline.files';
import { kafkaOf } from '../kafka/broker.access';
import { runningPlatform } from '../platform/platform.start';
import type { Installation } from './live.history';

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
