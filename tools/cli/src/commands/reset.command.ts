import { resetStack } from '@perennial/local-stack';
import { action } from '../command.action';
import type { CommandDefinition } from '../command.definition';
import { badInput, failed } from '../command.error';
import { platformLayout } from '../platform/platform.layout';
import { stopPlatform } from '../platform/platform.start';
import { remove } from '../platform/platform.state';

export const resetCommand: CommandDefinition = {
  register(program, context) {
    const command = program
      .command('reset')
      .description('stop everything and delete all data of this home; downloads stay')
      .option('--yes', 'do not ask');
    action<{ yes?: boolean }>(command, context, async ({ context, options }) => {
      const { home } = context.stack;
      if (!options.yes && !context.stdin.isTTY) {
        throw badInput(`reset deletes all data under ${home}`, { hint: 'confirm it: perennial reset --yes' });
      }
      if (!options.yes && !(await context.confirm(`Delete all data under ${home}?`))) {
        throw failed('nothing was deleted');
      }
      await stopPlatform(home);
      await resetStack({ home, confirmed: true });
      const { plan, services, featureStore, deployed } = platformLayout(home);
      for (const path of [plan, services, featureStore, deployed]) remove(path);
      return { data: { home }, text: `Deleted the data under ${home}.` };
    });
  },
};
