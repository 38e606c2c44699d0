import { platformClient } from '../client/platform.location';
import type { RolloutView } from '../client/rollout.views';
import { action } from '../command.action';
import type { CommandContext } from '../command.context';
import type { CommandDefinition } from '../command.definition';
import { armWeights } from '../input/arm.weights';
import { rolloutText } from '../output/rollout.text';

interface Asked {
  by?: string;
  reason: string;
}

const pathOf = (pipeline: unknown, rest = ''): string =>
  `/api/v1/deployments/${encodeURIComponent(String(pipeline))}${rest}`;

async function change(context: CommandContext, pipeline: unknown, body: object) {
  const after = await platformClient(context).post<RolloutView>(pathOf(pipeline, '/traffic'), body);
  return { data: after, text: rolloutText(after, context.style) };
}

export const rolloutCommand: CommandDefinition = {
  register(program, context) {
    const rollout = program.command('rollout').description('which version answers whom, and how a rollout goes');
    const show = rollout.command('show').description('arms, what they answered, and the last steps');
    action(show.argument('<pipeline>'), context, async ({ context, args: [pipeline] }) => {
      const view = await platformClient(context).get<RolloutView>(pathOf(pipeline));
      return { data: view, text: rolloutText(view, context.style) };
    });

    const asking = (name: string, description: string) =>
      rollout
        .command(name)
        .description(description)
        .argument('<pipeline>')
        .option('--by <name>', 'who asks for it; with PERENNIAL_KEY the key says it')
        .requiredOption('--reason <text>', 'kept with the change');

    const promote = asking('promote', 'give all traffic to the new version, or to an arm').option('--arm <name>');
    action<Asked & { arm?: string }>(promote, context, ({ context, options: { by, reason, arm }, args: [pipeline] }) =>
      change(context, pipeline, { action: 'promote', arm, by, reason }),
    );
    const abort = asking('abort', 'give all traffic back to the version that served before');
    action<Asked>(abort, context, ({ context, options: { by, reason }, args: [pipeline] }) =>
      change(context, pipeline, { action: 'abort', by, reason }),
    );
    const weights = asking('weights', 'share the traffic: arm=percent, or arm:version=percent for a new arm')
      .argument('<arms...>', 'for example stable=90 candidate=10')
      .option('--shadow <version...>', 'versions that look on');
    action<Asked & { shadow?: string[] }>(
      weights,
      context,
      ({ context, options: { by, reason, shadow: shadows = [] }, args: [pipeline, arms] }) =>
        change(context, pipeline, { action: 'weights', arms: armWeights(arms as string[]), shadows, by, reason }),
    );
  },
};
