import { join } from 'node:path';
import {
  daysTable,
  demoSizes,
  guaranteesText,
  pageText,
  type PlatformControl,
  predictionsText,
  runDemo,
  Screen,
  shortcomingsOf,
} from '@perennial/example-credit-default';
import { defaultArtifacts } from '@perennial/local-stack';
import { action } from '../command.action';
import type { CommandContext } from '../command.context';
import type { CommandDefinition } from '../command.definition';
import { failed, interrupted } from '../command.error';
import { installationOf } from '../integrity/installation';
import { platformLayout } from '../platform/platform.layout';
import { guaranteesOf, verify } from '../integrity/verification';
import { addressesOf } from '../platform/platform.plan';
import { runningPlatform, startPlatform, stopPlatform } from '../platform/platform.start';

const verifyMs = 30_000;

const platformIn = (context: CommandContext, mode: 'single' | 'separate'): PlatformControl => ({
  async start({ home, artifacts, ...options }) {
    const started = await startPlatform({ ...options, stack: { home, artifacts }, mode });
    return addressesOf(started.plan);
  },
  async stop(home) {
    await stopPlatform(home);
  },
  async verify(home) {
    const { PERENNIAL_URL: _elsewhere, PIPELINES: _others, ...env } = context.env;
    const installation = installationOf({ ...context, env, stack: { ...context.stack, home } });
    const { report } = await verify(installation, { waitMs: verifyMs, signal: context.signal });
    return guaranteesOf(report);
  },
  isRunning: (home) => runningPlatform(home) !== undefined,
});

interface DemoOptions {
  short?: boolean;
  separate?: boolean;
}

async function demo(context: CommandContext, { short = false, separate }: DemoOptions) {
  const { env, signal, stack } = context;
  const home = join(stack.home, 'demo');
  const artifacts = stack.artifacts ?? defaultArtifacts();
  const startedAt = performance.now();
  const screen = new Screen(context.progress, () => (performance.now() - startedAt) / 1000);
  const platform = platformIn(context, separate ? 'separate' : 'single');
  const options = { home, artifacts, environment: env, platform, sizes: demoSizes(short), signal };
  const { report, incidents } = await runDemo(options, screen).catch((error: unknown) => {
    if (signal.aborted) throw interrupted();
    const { message } = error as Error;
    throw failed(message, { hint: `the logs are in ${platformLayout(home).logs}`, cause: error });
  });
  const shortcomings = shortcomingsOf(report);
  const text = [
    `\n${daysTable(report.days)}`,
    ...incidents.map((incident) => `What on-call received:\n${pageText(incident)}`),
    `Predictions while it ran:\n${predictionsText(report)}`,
    guaranteesText(report),
    `Report: ${join(home, 'report.json')}`,
    `demo: ${report.days.length} days in ${report.seconds.total} s, ${shortcomings.length === 0 ? 'as it must be' : 'failed'}`,
  ].join('\n\n');
  if (shortcomings.length > 0) {
    context.note(text);
    throw failed(shortcomings.join('; '), { hint: `the logs are in ${platformLayout(home).logs}` });
  }
  return { data: report, text };
}

export const demoCommand: CommandDefinition = {
  register(program, context) {
    const command = program
      .command('demo')
      .description('four days of real credit data through the nine services, on a platform of their own')
      .option('--short', 'the same days after a smaller reference')
      .option('--separate', 'a process for each service, restarted when it ends');
    action<DemoOptions>(command, context, ({ context, options }) => demo(context, options));
  },
};
