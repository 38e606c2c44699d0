import type { Page } from './history';

export interface PagedIncident {
  readonly dedupKey: string;
  /** How often somebody's pager rang for it. */
  readonly pages: number;
  readonly resolved: boolean;
}

/**
 * Incidents as PagerDuty makes them of what it receives: a trigger of an open incident rings nobody, a trigger after
 * the resolution opens it anew and rings again, a resolution of what is not open does nothing.
 */
export function incidentsOf(received: readonly Page[]): PagedIncident[] {
  const incidents = new Map<string, PagedIncident>();
  for (const { event_action: action, dedup_key: dedupKey } of received) {
    const known = incidents.get(dedupKey);
    const open = known !== undefined && !known.resolved;
    if (action === 'trigger' && !open) {
      incidents.set(dedupKey, { dedupKey, pages: (known?.pages ?? 0) + 1, resolved: false });
    } else if (action === 'resolve' && open) {
      incidents.set(dedupKey, { ...known, resolved: true });
    }
  }
  return [...incidents.values()];
}
