import { action } from '../command.action';
import type { CommandContext } from '../command.context';
import type { CommandDefinition } from '../command.definition';
import { failed, interrupted } from '../command.error';
import { wholeNumber } from '../input/option.parsers';
import { checkPipelines } from '../input/pipeline.files';
import { durationText } from '../output/figures';
import { addressesText } from '../output/addresses.text';
import { pipelinePaths } from '../platform/pipeline.paths';
import { platformLayout } from '../platform/platform.layout';
import { addressesOf, type PlatformPlan } from '../platform/platform.plan';
import { runningPlatform, startPlatform } from '../platform/platform.start';
import { readPlan } from '../platform/platform.state';
import { runningOtherwise } from '../platform/running.otherwise';

interface UpOptions {
  separate?: boolean;
  pipelines?: string[];
  portsFrom?: number;
}

/** A platform that runs otherwise than asked for is not silently taken for what was asked for. */
function checkSame(plan: PlatformPlan, options: UpOptions, context: CommandContext): void {
  const pipelines = options.pipelines?.length ? pipelinePaths(options.pipelines, context) : undefined;
  const otherwise = runningOtherwise(plan, { ...options, pipelines });
  if (otherwise) throw failed(`the platform runs already, ${otherwise}`, { hint: 'stop it first: perennial down' });
}

async function up(context: CommandContext, options: UpOptions & { json?: boolean }) {
  const { stack, env, signal } = context;
  const existing = runningPlatform(stack.home);
  if (existing) checkSame(existing, options, context);
  const last = readPlan(platformLayout(stack.home).plan)?.pipelines;
  const pipelines = existing?.pipelines ?? pipelinePaths(options.pipelines, { ...context, last });
  if (!existing) checkPipelines(pipelines, context.cwd, env);
  const startedAt = performance.now();
  const mode = options.separate ? ('separate' as const) : ('single' as const);
  const onProgress = (line: string) => context.note(context.style('dim', line));
  try {
    const how = { mode, pipelines, portsFrom: options.portsFrom };
    const started = await startPlatform({ ...how, stack, environment: env, onProgress, signal });
    const addresses = addressesOf(started.plan);
    const state = started.found ? 'was running already' : `started in ${durationText(performance.now() - startedAt)}`;
    return { data: addresses, text: addressesText(addresses, state, started.plan, context.style) };
  } catch (error) {
    throw signal.aborted ? interrupted() : error;
  }
}

export const upCommand: CommandDefinition = {
  register(program, context) {
    const command = program
      .command('up')
      .description('start Kafka, the database and the services; returns when all are ready')
      .option('--separate', 'a process for each service, restarted when it ends')
      .option(
        '--pipelines <path...>',
        'pipeline.yaml files or folders (default: PIPELINES, those of last time, ./pipelines, the example)',
      )
      .option(
        '--ports-from <port>',
        'gateway and services take the free ports from this one on (default: 8088, 8080, 9000, 5000, 6566 and from 8101)',
        wholeNumber(1024, 65_000),
      )
      .addHelpText(
        'after',
        '\nKAFKA_BROKERS and MONGO_URL use servers that run already; PERENNIAL_HOME is where state is kept.',
      );
    action<UpOptions>(command, context, ({ context, options }) => up(context, options));
  },
};
