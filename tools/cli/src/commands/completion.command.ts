import { Argument } from 'commander';
import { action } from '../command.action';
import type { CommandDefinition } from '../command.definition';
import { bashScript } from '../completion/bash.script';
import { completionNodes } from '../completion/command.tree';
import { fishScript } from '../completion/fish.script';
import { zshScript } from '../completion/zsh.script';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript };

export const completionCommand: CommandDefinition = {
  register(program, context) {
    const command = program
      .command('completion')
      .description('print the completion script of a shell')
      .addArgument(new Argument('<shell>').choices(Object.keys(scripts)))
      .addHelpText(
        'after',
        '\n  bash: source <(perennial completion bash)\n  zsh:  source <(perennial completion zsh)\n' +
          '  fish: perennial completion fish | source',
      );
    action(command, context, async ({ args: [shell] }) => {
      const script = scripts[shell as keyof typeof scripts](program.name(), completionNodes(program));
      return { data: { shell, script }, text: script };
    });
  },
};
