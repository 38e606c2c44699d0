import { platformClient } from '../client/platform.location';
import type { DeploymentView } from '../client/platform.views';
import { action } from '../command.action';
import type { CommandDefinition } from '../command.definition';

interface RollbackOptions {
  to?: string;
  by?: string;
  reason: string;
}

export const rollbackCommand: CommandDefinition = {
  register(program, context) {
    const command = program
      .command('rollback')
      .description('roll an earlier version out again')
      .argument('<pipeline>')
      .option('--to <version>', 'default: the version that served before')
      .option('--by <name>', 'who asks for it; with PERENNIAL_KEY the key says it')
      .requiredOption('--reason <text>', 'kept with the rollout');
    action<RollbackOptions>(command, context, async ({ context, options: { to, by, reason }, args: [pipeline] }) => {
      const path = `/api/v1/deployments/${encodeURIComponent(String(pipeline))}/rollback`;
      const deployment = await platformClient(context).post<DeploymentView>(path, { to, by, reason });
      const version = deployment.desired?.version ?? to ?? 'the previous version';
      return { data: deployment, text: `${pipeline}: rolling ${version} out; follow it with \`perennial status\`.` };
    });
  },
};
