import { platformClient } from '../client/platform.location';
import { versionPath } from '../client/version.path';
import { action } from '../command.action';
import type { CommandDefinition } from '../command.definition';

interface ApproveOptions {
  by?: string;
  comment?: string;
}

export const approveCommand: CommandDefinition = {
  register(program, context) {
    const command = program
      .command('approve')
      .description('approve a version that waits for it; the rollout follows')
      .argument('<pipeline>')
      .argument('<version>', 'as `perennial models` lists it')
      .option('--by <name>', 'who approves; one of the approvers of the pipeline; with PERENNIAL_KEY the key says it')
      .option('--comment <text>', 'kept with the version');
    action<ApproveOptions>(
      command,
      context,
      async ({ context, options: { by, comment }, args: [pipeline, version] }) => {
        const data = await platformClient(context).post(`${versionPath(pipeline, version)}/approve`, { by, comment });
        return { data, text: `${pipeline} ${version} is approved${by ? ` by ${by}` : ''}.` };
      },
    );
  },
};
