import type { ReceivedAlert } from './alert.sink';

/** The page as on-call got it, and whether it was taken back. */
export interface Incident {
  readonly dedupKey: string;
  readonly summary: string;
  readonly severity: string;
  /** For example MODEL_PERFORMANCE_FAILURE. */
  readonly kind: string;
  readonly customDetails: Readonly<Record<string, unknown>>;
  readonly links: readonly string[];
  readonly triggeredAt: string;
  readonly resolvedAt: string | null;
}

interface PagerDutyEvent {
  readonly event_action?: string;
  readonly dedup_key?: string;
  readonly payload?: {
    readonly summary?: string;
    readonly severity?: string;
    readonly class?: string;
    readonly custom_details?: Record<string, unknown>;
  };
  readonly links?: readonly { readonly href: string }[];
}

/** Incidents out of the PagerDuty events received, by de-duplication key, in order of their first page. */
export function incidentsOf(received: readonly ReceivedAlert[]): Incident[] {
  const incidents = new Map<string, Incident>();
  for (const { channel, at, body } of received) {
    if (channel !== 'pagerduty') continue;
    const { event_action: action, dedup_key: dedupKey = '', payload = {}, links = [] } = body as PagerDutyEvent;
    const known = incidents.get(dedupKey);
    if (action === 'trigger' && !known) {
      incidents.set(dedupKey, {
        dedupKey,
        summary: payload.summary ?? '',
        severity: payload.severity ?? '',
        kind: payload.class ?? '',
        customDetails: payload.custom_details ?? {},
        links: links.map(({ href }) => href),
        triggeredAt: at,
        resolvedAt: null,
      });
    } else if (action === 'resolve' && known && known.resolvedAt === null) {
      incidents.set(dedupKey, { ...known, resolvedAt: at });
    }
  }
  return [...incidents.values()];
}

/** The incident of a day: its key is the cycle, pipeline/day. */
export const incidentOfDay = (incidents: readonly Incident[], day: string): Incident | undefined =>
  incidents.find(({ dedupKey }) => dedupKey.endsWith(day));
