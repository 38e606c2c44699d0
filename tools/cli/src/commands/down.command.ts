import { action } from '../command.action';
import type { CommandDefinition } from '../command.definition';
import { stopPlatform } from '../platform/platform.start';

const titles: Readonly<Record<string, string>> = { platform: 'the services', kafka: 'Kafka', mongo: 'the database' };

export const downCommand: CommandDefinition = {
  register(program, context) {
    const command = program.command('down').description('stop what `up` started, the services first; data is kept');
    action(command, context, async ({ context }) => {
      const stopped = await stopPlatform(context.stack.home);
      const named = stopped.map((name) => titles[name] ?? name).join(', ');
      return { data: { stopped }, text: stopped.length ? `Stopped ${named}.` : 'Nothing was running.' };
    });
  },
};
