import { alertIdOf, lastFailureAt, type Failure, type Incident, type IncidentEvent, type Recovery } from './incident';

/** What is known of one pipeline and kind. */
export interface Watch {
  /** The incident that is not resolved; at most one. */
  open: Incident | null;
  /** Instant and source of the newest recovery. */
  recovered: { at: string; by: string; summary: string } | null;
}

/**
 * One incident per pipeline and kind: a further failure joins the open one. Days of a pipeline may be read out of
 * order, as they lie on different partitions: a failure older than the newest recovery is raised and resolved at once.
 */
export function onFailure(watch: Watch, failure: Failure): IncidentEvent[] {
  const { key, at, summary, details } = failure;
  const occurrence = { key, at, summary, details };
  if (watch.open) {
    return watch.open.occurrences.some((known) => known.key === key) ? [] : [{ type: 'occurred', occurrence }];
  }
  const { kind, pipeline, dedupKey, severity, evidence } = failure;
  const incident: Incident = {
    ...{ alertId: alertIdOf(failure), pipeline, kind, dedupKey, severity, state: 'open', summary, details, evidence },
    ...{ openedAt: at, occurrences: [occurrence], acknowledgement: null, resolution: null },
  };
  const raised: IncidentEvent = { type: 'raised', incident };
  const { recovered } = watch;
  return recovered && recovered.at > at ? [raised, { type: 'resolved', ...recovered }] : [raised];
}

/** A recovery older than the last failure says nothing about it. */
export function onRecovery(watch: Watch, { by, at, summary, ofFailure }: Recovery): IncidentEvent[] {
  if (!watch.open || at <= lastFailureAt(watch.open)) return [];
  if (ofFailure !== undefined && !watch.open.occurrences.some(({ key }) => key === ofFailure)) return [];
  return [{ type: 'resolved', by, at, summary }];
}

/** Acknowledging twice, or what is resolved, changes nothing. */
export function onAcknowledge(incident: Incident, by: string, at: string): IncidentEvent[] {
  return incident.state === 'open' ? [{ type: 'acknowledged', by, at }] : [];
}

export function remember(watch: Watch, { at, by, summary, ofFailure }: Recovery): Watch {
  if (ofFailure !== undefined) return watch;
  return watch.recovered && watch.recovered.at >= at ? watch : { ...watch, recovered: { at, by, summary } };
}

export function evolve(incident: Incident | null, event: IncidentEvent): Incident {
  if (event.type === 'raised') return event.incident;
  if (!incident) throw new Error(`an incident cannot begin with ${event.type}`);
  switch (event.type) {
    case 'occurred':
      return { ...incident, occurrences: [...incident.occurrences, event.occurrence] };
    case 'acknowledged':
      return { ...incident, state: 'acknowledged', acknowledgement: { by: event.by, at: event.at } };
    case 'resolved':
      return { ...incident, state: 'resolved', resolution: { by: event.by, at: event.at, summary: event.summary } };
  }
}
