import { platformClient } from '../client/platform.location';
import { action } from '../command.action';
import type { CommandDefinition } from '../command.definition';
import { type ModelVersion, modelsTable, type RegisteredModel, versionsTable } from '../output/model.text';

export const modelsCommand: CommandDefinition = {
  register(program, context) {
    const command = program
      .command('models')
      .description('registered models; with a pipeline its versions')
      .argument('[pipeline]');
    action(command, context, async ({ context, args: [pipeline] }) => {
      const client = platformClient(context);
      if (typeof pipeline === 'string') {
        const path = `/api/v1/models/${encodeURIComponent(pipeline)}/versions`;
        const { versions } = await client.get<{ versions: ModelVersion[] }>(path);
        return {
          data: { versions },
          text: versions.length ? versionsTable(versions, context.style) : 'No version yet.',
        };
      }
      const { models } = await client.get<{ models: RegisteredModel[] }>('/api/v1/models');
      return { data: { models }, text: models.length ? modelsTable(models) : 'No model yet.' };
    });
  },
};
