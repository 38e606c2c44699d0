import { type AlertSummary, type CycleSummary, type DeploymentView, servingVersion } from '../client/platform.views';
import type { GroupLag } from '../kafka/group.lag';
import type { ServiceState } from '../platform/service.states';
import { alertsTable } from './alert.text';
import { cyclesTable } from './cycle.text';
import type { Style } from './style';
import { indented, table } from './table';

export type Part<T> = { value: T } | { error: string };

export interface PlatformStatus {
  services: ServiceState[];
  lag: Part<GroupLag[]>;
  deployments: Part<DeploymentView[]>;
  cycles: Part<CycleSummary[]>;
  alerts: Part<AlertSummary[]>;
  deadLetters: Part<number>;
}

function servicesTable(services: readonly ServiceState[], style: Style): string {
  const problems = ({ problems }: ServiceState) =>
    Object.entries(problems)
      .map(([name, problem]) => `${name}: ${problem}`)
      .join('; ');
  return table(services, [
    { title: 'SERVICE', value: ({ service }) => service },
    { title: 'STATE', value: ({ ready }) => (ready ? style('good', 'ready') : style('bad', 'not ready')) },
    { title: 'URL', value: ({ url }) => url },
    { title: 'PID', align: 'right', value: ({ pid }) => pid },
    { title: 'RESTARTS', align: 'right', value: ({ restarts }) => restarts },
    { title: 'WHY', value: (service) => problems(service) || ' ' },
  ]);
}

const lagTable = (lags: readonly GroupLag[], style: Style) =>
  table(lags, [
    { title: 'GROUP', value: ({ group }) => group },
    { title: 'TOPIC', value: ({ topic }) => topic },
    { title: 'LAG', align: 'right', value: ({ lag }) => (lag > 0 ? style('warn', String(lag)) : lag) },
  ]);

const deploymentsTable = (deployments: readonly DeploymentView[]) =>
  table(deployments, [
    { title: 'PIPELINE', value: ({ pipeline }) => pipeline },
    { title: 'SERVING', value: servingVersion },
    { title: 'ROLLOUT', value: ({ phase }) => phase },
    { title: 'REPLICAS', align: 'right', value: ({ replicas }) => replicas.length },
  ]);

function section<T>(title: string, part: Part<T>, style: Style, render: (value: T) => string, empty: string): string {
  const heading = style('strong', title);
  if ('error' in part) return `${heading}\n${indented(style('bad', `cannot be read: ${part.error}`))}`;
  const none = Array.isArray(part.value) && part.value.length === 0;
  return `${heading}\n${indented(none ? style('dim', empty) : render(part.value))}`;
}

/** The whole of `perennial status`. Groups without lag are left out: they are the rule. */
export function statusText(status: PlatformStatus, style: Style): string {
  const { lag } = status;
  const behind = 'value' in lag ? { value: lag.value.filter((group) => group.lag > 0) } : lag;
  const groups = 'value' in lag ? new Set(lag.value.map(({ group }) => group)).size : 0;
  return [
    section('Services', { value: status.services }, style, (services) => servicesTable(services, style), 'none'),
    section('Consumer lag', behind, style, (lags) => lagTable(lags, style), `none in ${groups} groups`),
    section('Serving', status.deployments, style, deploymentsTable, 'no pipeline'),
    section('Last cycles', status.cycles, style, (cycles) => cyclesTable(cycles, style), 'none yet'),
    section('Open alerts', status.alerts, style, (alerts) => alertsTable(alerts, style), 'none'),
    section('Dead letters', status.deadLetters, style, (count) => String(count), '0'),
  ].join('\n\n');
}
