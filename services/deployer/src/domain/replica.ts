export type ReplicaState = 'starting' | 'serving' | 'failed' | 'stopped';

/** What a replica last said about one pipeline. Times are milliseconds since 1970. */
export interface Replica {
  replicaId: string;
  pipeline: string;
  state: ReplicaState;
  version: string | null;
  rolloutId: string | null;
  /** Of the newest traffic it acted on; null where it knows of one version only. */
  trafficSequence: number | null;
  error: string | null;
  heartbeatSeconds: number;
  /** When it said so, by the listener's clock. */
  reportedAt: number;
  /** Start of the unbroken run of reports: a replica that joins late gets the whole time to load. */
  aliveSince: number;
  /** Where the last report lies: topic and partition, and the offset there. */
  stream: string;
  offset: number;
  /** When it was said, by the replica's clock. */
  saidAt: number;
}

export const replicaKey = ({ replicaId, pipeline }: Pick<Replica, 'replicaId' | 'pipeline'>): string =>
  `${replicaId}/${pipeline}`;

const HEARTBEATS = 3;

/**
 * Whether a rollout waits for the replica: its last report is younger than three heartbeats. One from the future was
 * heard before the clock was set back, and says nothing about now.
 */
export const isExpected = ({ state, reportedAt, heartbeatSeconds }: Replica, now: number): boolean =>
  state !== 'stopped' && Math.abs(now - reportedAt) < HEARTBEATS * heartbeatSeconds * 1000;

export type ReplicaReport = Omit<Replica, 'reportedAt' | 'aliveSince' | 'stream' | 'offset' | 'saidAt'>;

/** A report as it was taken from its topic. */
export interface TakenReport {
  report: ReplicaReport;
  /** Milliseconds since 1970 by the replica's own clock. */
  saidAt: number;
  stream: string;
  offset: number;
}

/**
 * Whether a report is not the known one or one before it, delivered again. Reports of one replica lie in one stream; one
 * that was said later counts wherever it lies, as offsets begin anew when a topic does.
 */
export const isAfter = ({ stream, offset, saidAt }: TakenReport, known: Replica): boolean =>
  stream !== known.stream || offset > known.offset || saidAt > known.saidAt;

/** Whether a report tells of a change, and not only that the replica is alive. */
export const saysOtherThan = ({ state, version, rolloutId, trafficSequence }: ReplicaReport, known: Replica): boolean =>
  state !== known.state ||
  version !== known.version ||
  rolloutId !== known.rolloutId ||
  trafficSequence !== known.trafficSequence;

/**
 * The report as heard now, `delay` milliseconds after it was said. What counts is the listener's clock: a replica's own
 * may be wrong by any amount, or be set right between two reports. Their order is the topic's, where a replica's reports
 * share one key.
 */
export function heard(
  known: Replica | null,
  { report, saidAt, stream, offset }: TakenReport,
  now: number,
  delay = 0,
): Replica {
  const reportedAt = now - delay;
  const unbroken = known !== null && isExpected(known, reportedAt);
  return { ...report, reportedAt, aliveSince: unbroken ? known.aliveSince : reportedAt, stream, offset, saidAt };
}
