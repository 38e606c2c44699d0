import type { PredictionTally } from '../predictor/prediction.tally';
import type { DayVerdict } from './day.ledger';
import type { Incident } from './incident';
import type { Guarantees } from './platform.control';

export interface ReportedDay {
  readonly day: string;
  readonly rows: number;
  readonly rejected: number;
  readonly verdict: DayVerdict;
  readonly attempts: number;
  readonly incumbent_f1: number | null;
  readonly candidate_f1: number | null;
  /** The version that served at the end of the day. */
  readonly version: string | null;
  readonly alert: {
    readonly kind: string;
    readonly severity: string;
    readonly dedup_key: string;
    readonly received_at: string;
    readonly resolved_at: string | null;
  } | null;
}

/** .perennial/demo/report.json */
export interface DemoReport {
  readonly days: readonly ReportedDay[];
  /** Wall-clock seconds of each part, and in total. */
  readonly seconds: Readonly<Record<string, number>>;
  readonly predictions: {
    readonly answered: number;
    readonly failed: number;
    readonly reasons: Readonly<Record<string, number>>;
    readonly versions: Readonly<Record<string, number>>;
  };
  readonly guarantees: Guarantees;
}

export const alertOf = (incident: Incident | undefined): ReportedDay['alert'] =>
  incident
    ? {
        kind: incident.kind,
        severity: incident.severity,
        dedup_key: incident.dedupKey,
        received_at: incident.triggeredAt,
        resolved_at: incident.resolvedAt,
      }
    : null;

const expected: readonly (readonly DayVerdict[])[] = [['kept'], ['promoted'], ['exhausted'], ['kept', 'promoted']];

/** Everything in which the demo did not go as it must; empty when it did. */
export function shortcomingsOf({ days, predictions, guarantees }: DemoReport): string[] {
  const verdicts = expected.flatMap((allowed, index) => {
    const day = days[index];
    if (!day) return [`day ${index + 1} has no verdict`];
    return allowed.includes(day.verdict) ? [] : [`${day.day} must be ${allowed.join(' or ')}, was ${day.verdict}`];
  });
  const paged = days.filter(({ alert }) => alert !== null);
  const alerts = days.flatMap(({ day, verdict, alert }) => {
    if (verdict !== 'exhausted') return alert ? [`${day} raised an alert`] : [];
    if (!alert) return [`the alert of ${day} was not received`];
    return alert.resolved_at === null ? [`the alert of ${day} was not resolved`] : [];
  });
  const pages = paged.length === 1 ? [] : [`one page was expected, ${paged.length} came`];
  const rejected = days.some((day) => day.rejected > 0) ? [] : ['no malformed record was quarantined'];
  const failures = Object.entries(predictions.reasons).map(([reason, count]) => `${count} × ${reason}`);
  const failed = predictions.failed === 0 ? [] : [`${predictions.failed} predictions failed: ${failures.join(', ')}`];
  const silent = predictions.answered > 0 ? [] : ['no prediction was answered'];
  const broken = guarantees.violated.map((name) => `${name} is violated`);
  const unseen = guarantees.unchecked.map((name) => `${name} could not be checked`);
  return [...verdicts, ...alerts, ...pages, ...rejected, ...failed, ...silent, ...broken, ...unseen];
}

export const reportedPredictions = ({ answered, failed, reasons, versions }: PredictionTally) => ({
  answered,
  failed,
  reasons,
  versions,
});
