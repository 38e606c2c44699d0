import { Option } from 'commander';
import { platformClient } from '../client/platform.location';
import type { AlertDetail, AlertSummary } from '../client/platform.views';
import { action } from '../command.action';
import type { CommandDefinition } from '../command.definition';
import { wholeNumber } from '../input/option.parsers';
import { alertsTable, alertText } from '../output/alert.text';

interface AlertsOptions {
  pipeline?: string;
  state?: string;
  limit: number;
}

export const alertsCommand: CommandDefinition = {
  register(program, context) {
    const command = program
      .command('alerts')
      .description('alerts, newest first; with an id one in full, with its notifications')
      .argument('[alert]', 'alert id')
      .option('-p, --pipeline <name>', 'of this pipeline only')
      .addOption(new Option('--state <state>', 'in this state only').choices(['open', 'acknowledged', 'resolved']))
      .option('--limit <count>', 'at most so many', wholeNumber(1, 1000), 20);
    action<AlertsOptions>(command, context, async ({ context, options: { pipeline, state, limit }, args: [id] }) => {
      const client = platformClient(context);
      if (typeof id === 'string') {
        const alert = await client.get<AlertDetail>(`/api/v1/alerts/${encodeURIComponent(id)}`);
        return { data: alert, text: alertText(alert, context.style) };
      }
      const { alerts } = await client.get<{ alerts: AlertSummary[] }>('/api/v1/alerts', { pipeline, state, limit });
      return { data: { alerts }, text: alerts.length ? alertsTable(alerts, context.style) : 'No alert.' };
    });
  },
};
