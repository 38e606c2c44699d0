export type ReplicaState = 'starting' | 'serving' | 'failed' | 'stopped';

/** What a replica last said about one pipeline. Times are milliseconds since 1970. */
export interface Replica {
  replicaId: string;
  pipeline: string;
  state: ReplicaState;
  version: string | null;
  rolloutId: string | null;
  error: string | null;
  heartbeatSeconds: number;
  reportedAt: number;
  /** Start of the unbroken run of reports: a replica that joins late gets the whole time to load. */
  aliveSince: number;
}

const HEARTBEATS = 3;

/** Whether a rollout waits for the replica: its last report is younger than three heartbeats. */
export const isExpected = ({ state, reportedAt, heartbeatSeconds }: Replica, now: number): boolean =>
  state !== 'stopped' && now - reportedAt < HEARTBEATS * heartbeatSeconds * 1000;

export type ReplicaReport = Omit<Replica, 'aliveSince'>;

/** Null when the report is older than what is known. A report from the future counts as one of now. */
export function heard(known: Replica | null, report: ReplicaReport, now: number): Replica | null {
  const reportedAt = Math.min(report.reportedAt, now);
  if (known && known.reportedAt > reportedAt) return null;
  const unbroken = known !== null && isExpected(known, reportedAt);
  return { ...report, reportedAt, aliveSince: unbroken ? known.aliveSince : reportedAt };
}
