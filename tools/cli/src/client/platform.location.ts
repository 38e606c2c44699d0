import { type CommandContext } from '../command.context';
import { unreachable } from '../command.error';
import { runningPlatform } from '../platform/platform.start';
import { addressesOf, type PlatformAddresses, type PlatformPlan } from '../platform/platform.plan';
import { PlatformClient } from './platform.client';

/** The platform that `up` started in this home. @throws CommandError exit 3 */
export function requirePlatform(context: CommandContext): PlatformPlan {
  const plan = runningPlatform(context.stack.home);
  if (plan) return plan;
  throw unreachable(`the platform does not run (home ${context.stack.home})`, {
    hint: 'start it with `perennial up`, or name another one with PERENNIAL_URL',
    code: 'NOT_RUNNING',
  });
}

/** PERENNIAL_URL names a platform elsewhere. */
export const platformClient = (context: CommandContext): PlatformClient =>
  new PlatformClient(
    context.env.PERENNIAL_URL?.replace(/\/+$/, '') || addressesOf(requirePlatform(context)).platform,
    context.signal,
    context.env.PERENNIAL_KEY,
  );

/** PERENNIAL_INFERENCE_URL names an inference service elsewhere. */
export const inferenceClient = (context: CommandContext): PlatformClient =>
  new PlatformClient(
    context.env.PERENNIAL_INFERENCE_URL?.replace(/\/+$/, '') || addressesOf(requirePlatform(context)).inference.http,
    context.signal,
    context.env.PERENNIAL_KEY,
  );

/** Brokers: those of the running platform, else KAFKA_BROKERS. */
export function brokersOf(context: CommandContext): PlatformAddresses['kafka'] {
  const { KAFKA_BROKERS: named, PERENNIAL_URL: elsewhere } = context.env;
  if (elsewhere && named) return named;
  return runningPlatform(context.stack.home)?.kafka ?? named ?? requirePlatform(context).kafka;
}
