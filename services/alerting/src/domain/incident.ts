import type { Severity } from '@perennial/contracts';

export type IncidentKind = 'MODEL_PERFORMANCE_FAILURE' | 'DEPLOYMENT_FAILURE' | 'DATA_QUALITY_FAILURE';

/** Something went wrong with a pipeline. Instants are ISO 8601 in UTC, so that they compare as text. */
export interface Failure {
  kind: IncidentKind;
  pipeline: string;
  /** The cycle, or the rollout, that failed. */
  key: string;
  /** What sinks de-duplicate by, should this open the incident. */
  dedupKey: string;
  severity: Severity;
  summary: string;
  details: Record<string, unknown>;
  /** Path of the evidence below the platform's public URL. */
  evidence: { path: string; text: string };
  at: string;
}

/** A sign that a kind of failure is over. */
export interface Recovery {
  kind: IncidentKind;
  pipeline: string;
  /** The cycle, rollout or person. */
  by: string;
  summary: string;
  at: string;
  /** Ends only an incident that holds this failure; absent: any of its kind. */
  ofFailure?: string;
}

export interface Occurrence {
  key: string;
  at: string;
  summary: string;
  details: Record<string, unknown>;
}

export interface Incident {
  alertId: string;
  pipeline: string;
  kind: IncidentKind;
  dedupKey: string;
  severity: Severity;
  state: 'open' | 'acknowledged' | 'resolved';
  summary: string;
  details: Record<string, unknown>;
  evidence: { path: string; text: string };
  openedAt: string;
  /** The failure that opened it, and those that came while it was open. */
  occurrences: Occurrence[];
  acknowledgement: { by: string; at: string } | null;
  resolution: { by: string; at: string; summary: string } | null;
}

export type IncidentEvent =
  | { type: 'raised'; incident: Incident }
  | { type: 'occurred'; occurrence: Occurrence }
  | { type: 'acknowledged'; by: string; at: string }
  | { type: 'resolved'; by: string; at: string; summary: string };

/** `credit-default.model-performance-failure.2026-01-04`: the same failure always gives the same alert. */
export function alertIdOf({ pipeline, kind, key }: Pick<Failure, 'pipeline' | 'kind' | 'key'>): string {
  const own = key.startsWith(`${pipeline}/`) ? key.slice(pipeline.length + 1) : key;
  const safe = own.replace(/[^A-Za-z0-9._-]/g, '-');
  return `${pipeline}.${kind.toLowerCase().replaceAll('_', '-')}.${safe}`;
}

export const lastFailureAt = (incident: Incident): string =>
  incident.occurrences.reduce((latest, { at }) => (at > latest ? at : latest), incident.openedAt);
