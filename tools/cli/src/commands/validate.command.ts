import { action } from '../command.action';
import type { CommandDefinition } from '../command.definition';
import { checkPipelines } from '../input/pipeline.files';

export const validateCommand: CommandDefinition = {
  register(program, context) {
    const command = program
      .command('validate')
      .description('check pipeline files and list every problem with its line')
      .argument('<pipeline.yaml...>', 'files or folders');
    action(command, context, async ({ context, args }) => {
      const checked = checkPipelines(args[0] as string[], context.cwd, context.env);
      const files = checked.map(({ file, pipeline }) => ({ file, pipeline: pipeline?.name }));
      return {
        data: { files },
        text: files.map((each) => `${each.file}: pipeline ${each.pipeline} is valid`).join('\n'),
      };
    });
  },
};
