import type { Severity } from '@perennial/contracts';
import { shorten } from '../../domain/failures';
import type { Incident } from '../../domain/incident';
import type { Action } from '../../domain/notification';
import { linksOf } from './alert.links';

const SEVERITY: Record<Severity, 'critical' | 'error' | 'warning' | 'info'> = {
  critical: 'critical',
  error: 'error',
  warning: 'warning',
  info: 'info',
};

/** Body of POST /v2/enqueue, PagerDuty Events API v2. summary ≤ 1,024 characters, dedup_key ≤ 255. */
export function pagerDutyEvent(
  incident: Incident,
  action: Action,
  { routingKey, publicUrl }: { routingKey: string; publicUrl?: string },
): Record<string, unknown> {
  const event = { routing_key: routingKey, event_action: action, dedup_key: shorten(incident.dedupKey, 255) };
  if (action !== 'trigger') return event;
  const { summary, severity, openedAt, pipeline, kind, details, occurrences, alertId } = incident;
  return {
    ...event,
    payload: {
      summary: shorten(summary, 1024),
      source: `perennial/${pipeline}`,
      severity: SEVERITY[severity],
      timestamp: openedAt,
      component: pipeline,
      group: 'perennial',
      class: kind,
      custom_details: { alertId, ...details, occurrences: occurrences.length },
    },
    links: linksOf(incident, publicUrl).map(({ href, text }) => ({ href, text })),
    client: 'Perennial',
    ...(publicUrl === undefined ? {} : { client_url: publicUrl }),
  };
}
