import { platformClient } from '../client/platform.location';
import { versionPath } from '../client/version.path';
import { action } from '../command.action';
import type { CommandDefinition } from '../command.definition';

interface RejectOptions {
  by?: string;
  reason: string;
}

export const rejectCommand: CommandDefinition = {
  register(program, context) {
    const command = program
      .command('reject')
      .description('reject a version that waits for approval')
      .argument('<pipeline>')
      .argument('<version>', 'as `perennial models` lists it')
      .option('--by <name>', 'who rejects; with PERENNIAL_KEY the key says it')
      .requiredOption('--reason <text>', 'kept with the version');
    action<RejectOptions>(command, context, async ({ context, options: { by, reason }, args: [pipeline, version] }) => {
      const data = await platformClient(context).post(`${versionPath(pipeline, version)}/reject`, { by, reason });
      return { data, text: `${pipeline} ${version} is rejected${by ? ` by ${by}` : ''}.` };
    });
  },
};
