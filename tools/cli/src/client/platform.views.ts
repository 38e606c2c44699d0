// What the services answer, as far as the command line reads it.

export interface MeasuredInterval {
  value: number | null;
  low: number | null;
  high: number | null;
}

export interface CycleSummary {
  cycleId: string;
  pipeline: string;
  day: string;
  status: string;
  incumbent: string | null;
  attempts: number;
  queuedAt: string;
  updatedAt: string;
}

export interface Judgement {
  holdoutRows: number;
  metrics: Record<string, MeasuredInterval>;
  verdict: { metric: string; averaging: string; threshold: number; passed: boolean };
}

export interface CycleDetail extends CycleSummary {
  correlationId: string;
  batch: { batchId?: string; rows?: number; labelledRows?: number } | null;
  gate: { metric: string; averaging: string; threshold: number; minimumRows: number } | null;
  judgements: { role: string; attempt: number; judgement: Judgement }[];
  attemptStates: { attempt: number; strategy: string; runId: string; failure: string | null; batches: string[] }[];
  events: { sequence: number; type: string; at: string; data: Record<string, unknown> }[];
}

export interface DeploymentView {
  pipeline: string;
  phase: string;
  serving: { version: string } | string | null;
  desired: { version: string; rolloutId: string; sequence: number } | null;
  waiting: string | null;
  replicas: { replicaId: string; state: string; version: string | null }[];
}

export interface AlertSummary {
  alertId: string;
  pipeline: string;
  kind: string;
  severity: string;
  state: string;
  summary: string;
  openedAt: string;
  resolution: { by: string; at: string; summary: string } | null;
}

export interface AlertDetail extends AlertSummary {
  details: Record<string, unknown>;
  occurrences: { key: string; at: string; summary: string }[];
  acknowledgement: { by: string; at: string } | null;
  notifications: { channel: string; action: string; state: string; tries: number; reason: string | null }[];
}

export interface RunSummary {
  runId: string;
  pipeline: string;
  attempt: number;
  strategy: string;
  state: string;
  claims: number;
  queuedAt: string;
  startedAt: string | null;
  finishedAt: string | null;
  failure: { code?: string; message?: string } | string | null;
}

/** The trials of a search: ranked, then those under way, then the failed ones. */
export interface SearchBoard {
  metric: string;
  budget: { trials: number; seconds: number };
  ended: string | null;
  trials: {
    trial: number;
    kind: string;
    parameters: Record<string, unknown>;
    state: 'done' | 'running' | 'waiting' | 'failed';
    score: number | null;
    share: number;
    seconds: number;
    claims: number;
    failure: string | null;
  }[];
}

/** A model that was trained elsewhere. */
export interface SubmissionView {
  submissionId: string;
  pipeline: string;
  name: string;
  state: 'submitted' | 'accepted' | 'refused';
  version: string | null;
  decisionThreshold: number;
  inputs: { name: string; type: string }[];
  refusal: {
    reason: string;
    detail: string;
    judgement: (Judgement & { day: string; incumbentMetrics: Judgement['metrics'] | null }) | null;
  } | null;
}

export interface DatasetView {
  name: string;
  recordId: string;
  target: { column: string; positive: string | number | boolean };
  unknownColumns: 'refuse' | 'ignore';
  columns: import('@perennial/pipeline').ColumnDeclaration[];
  pipelines: string[];
}

export const terminalStatuses: readonly string[] = ['kept', 'promoted', 'exhausted', 'skipped'];

export const servingVersion = ({ serving }: Pick<DeploymentView, 'serving'>): string | null =>
  typeof serving === 'string' ? serving : (serving?.version ?? null);
