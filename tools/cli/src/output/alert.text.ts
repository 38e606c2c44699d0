import type { AlertDetail, AlertSummary } from '../client/platform.views';
import { instantText } from './figures';
import type { Style } from './style';
import { indented, pairs, table } from './table';

const severityWord = (severity: string, style: Style) =>
  style(severity === 'critical' || severity === 'error' ? 'bad' : 'warn', severity);

const stateWord = (state: string, style: Style) => style(state === 'resolved' ? 'good' : 'warn', state);

export const alertsTable = (alerts: readonly AlertSummary[], style: Style): string =>
  table(alerts, [
    { title: 'ALERT', value: ({ alertId }) => alertId },
    { title: 'SEVERITY', value: ({ severity }) => severityWord(severity, style) },
    { title: 'STATE', value: ({ state }) => stateWord(state, style) },
    { title: 'SINCE', value: ({ openedAt }) => instantText(openedAt) },
    { title: 'SUMMARY', value: ({ summary }) => summary },
  ]);

const detailText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

/** One alert in full: what happened how often, and who was told. */
export function alertText(alert: AlertDetail, style: Style): string {
  const { alertId, severity, state, kind, summary, openedAt, acknowledgement, resolution } = alert;
  const facts = pairs([
    ['severity', severityWord(severity, style)],
    ['state', stateWord(state, style)],
    ['kind', kind],
    ['since', instantText(openedAt)],
    ['acknowledged', acknowledgement && `${instantText(acknowledgement.at)} by ${acknowledgement.by}`],
    ['resolved', resolution && `${instantText(resolution.at)} by ${resolution.by}: ${resolution.summary}`],
    ...Object.entries(alert.details).map(([name, value]) => [name, detailText(value)] as const),
  ]);
  const told = table(alert.notifications, [
    { title: 'CHANNEL', value: ({ channel }) => channel },
    { title: 'MESSAGE', value: ({ action }) => action },
    { title: 'STATE', value: ({ state: sent }) => style(sent === 'sent' ? 'good' : 'warn', sent) },
    { title: 'TRIES', align: 'right', value: ({ tries }) => tries },
    { title: 'WHY', value: ({ reason }) => reason },
  ]);
  const parts = [style('strong', alertId), indented(summary), indented(facts)];
  const happened = table(alert.occurrences, [
    { title: 'HAPPENED', value: ({ at }) => instantText(at) },
    { title: 'WHAT', value: ({ summary: what }) => what },
  ]);
  if (alert.occurrences.length) parts.push(indented(happened));
  return [...parts, ...(alert.notifications.length ? [indented(told)] : [])].join('\n\n');
}
