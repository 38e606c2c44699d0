import { platformClient, requirePlatform } from '../client/platform.location';
import type { AlertSummary, CycleSummary, DeploymentView } from '../client/platform.views';
import { action } from '../command.action';
import type { CommandContext } from '../command.context';
import type { CommandDefinition } from '../command.definition';
import { kafkaOf } from '../kafka/broker.access';
import { countDeadLetters } from '../kafka/dead-letter.count';
import { platformLag } from '../kafka/group.lag';
import { type PlatformStatus, statusText } from '../output/status.text';
import { serviceStates } from '../platform/service.states';

/** A part that cannot be read is reported as such; the rest is still of use. */
async function part<T>(read: () => Promise<T>): Promise<{ value: T } | { error: string }> {
  try {
    return { value: await read() };
  } catch (error) {
    return { error: (error as Error).message };
  }
}

async function readStatus(context: CommandContext): Promise<PlatformStatus> {
  const plan = requirePlatform(context);
  const client = platformClient(context);
  if (context.env.PERENNIAL_URL) await client.get('/');
  const kafka = kafkaOf(context);
  const suffix = context.env.GROUP_SUFFIX ?? '';
  const [services, lag, deployments, cycles, alerts, deadLetters] = await Promise.all([
    serviceStates(plan),
    part(() => platformLag(kafka, suffix)),
    part(async () => (await client.get<{ deployments: DeploymentView[] }>('/api/v1/deployments')).deployments),
    part(async () => (await client.get<{ cycles: CycleSummary[] }>('/api/v1/cycles', { limit: 5 })).cycles),
    part(async () => (await client.get<{ alerts: AlertSummary[] }>('/api/v1/alerts', { state: 'open' })).alerts),
    part(() => countDeadLetters(kafka)),
  ]);
  return { services, lag, deployments, cycles, alerts, deadLetters };
}

const plainPart = (part: { value: unknown } | { error: string }) => ('value' in part ? part.value : part);

export const statusCommand: CommandDefinition = {
  register(program, context) {
    const command = program
      .command('status')
      .description('services, consumer lag, serving versions, last cycles, open alerts, dead letters');
    action(command, context, async ({ context }) => {
      const status = await readStatus(context);
      const { services, ...parts } = status;
      const read = Object.fromEntries(Object.entries(parts).map(([name, each]) => [name, plainPart(each)]));
      const ready = services.every((service) => service.ready);
      return { data: { ready, services, ...read }, text: statusText(status, context.style) };
    });
  },
};
