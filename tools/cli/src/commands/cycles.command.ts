import { platformClient } from '../client/platform.location';
import type { CycleDetail, CycleSummary } from '../client/platform.views';
import { action } from '../command.action';
import type { CommandDefinition } from '../command.definition';
import { badInput } from '../command.error';
import { calendarDay, wholeNumber } from '../input/option.parsers';
import { cyclesTable, cycleText } from '../output/cycle.text';

interface CyclesOptions {
  pipeline?: string;
  day?: string;
  limit: number;
}

export const cyclesCommand: CommandDefinition = {
  register(program, context) {
    const command = program
      .command('cycles')
      .description('improvement cycles, newest first; with --pipeline and --day one in full')
      .option('-p, --pipeline <name>', 'of this pipeline only')
      .option('-d, --day <yyyy-MM-dd>', 'the cycle of this day', calendarDay)
      .option('--limit <count>', 'at most so many', wholeNumber(1, 1000), 20);
    action<CyclesOptions>(command, context, async ({ context, options: { pipeline, day, limit } }) => {
      const client = platformClient(context);
      if (day !== undefined) {
        if (pipeline === undefined) throw badInput('--day needs --pipeline: a cycle belongs to a pipeline and a day');
        const cycle = await client.get<CycleDetail>(`/api/v1/cycles/${encodeURIComponent(pipeline)}/${day}`);
        return { data: cycle, text: cycleText(cycle, context.style) };
      }
      const { cycles } = await client.get<{ cycles: CycleSummary[] }>('/api/v1/cycles', { pipeline, limit });
      return { data: { cycles }, text: cycles.length ? cyclesTable(cycles, context.style) : 'No cycle yet.' };
    });
  },
};
