import { platformClient } from '../client/platform.location';
import type { RunSummary } from '../client/platform.views';
import { action } from '../command.action';
import type { CommandDefinition } from '../command.definition';
import { wholeNumber } from '../input/option.parsers';
import { runsTable } from '../output/run.text';

interface RunsOptions {
  pipeline?: string;
  limit: number;
}

export const runsCommand: CommandDefinition = {
  register(program, context) {
    const command = program
      .command('runs')
      .description('training runs, newest first')
      .option('-p, --pipeline <name>', 'of this pipeline only')
      .option('--limit <count>', 'at most so many', wholeNumber(1, 1000), 20);
    action<RunsOptions>(command, context, async ({ context, options: { pipeline, limit } }) => {
      const { runs } = await platformClient(context).get<{ runs: RunSummary[] }>('/api/v1/runs', { pipeline, limit });
      return { data: { runs }, text: runs.length ? runsTable(runs, context.style) : 'No run yet.' };
    });
  },
};
