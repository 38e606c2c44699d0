import type { Target } from '../scheduler/simulator';

/** Milliseconds of virtual time, counted from the start of the run. */
type Milliseconds = number;

/**
 * One thing that goes wrong. Faults by `operation` strike the n-th operation that the process begins, counted over all
 * its lives, so that leaving another fault out moves them as little as possible.
 */
export type Fault =
  /** The process dies at that operation: before it was sent, or with the request on its way. */
  | { kind: 'crash'; process: string; operation: number; sent: boolean; downMs: Milliseconds }
  /** The process dies at that time, wherever it stands. */
  | { kind: 'kill'; process: string; at: Milliseconds; downMs: Milliseconds }
  /** The operation fails before it happened, or its answer is lost after it did. */
  | { kind: 'fail'; process: string; operation: number; how: 'unreached' | 'unanswered' }
  /** The operation happens late. */
  | { kind: 'delay'; process: string; operation: number; ms: Milliseconds }
  /** The process cannot talk to the target for a while; nothing arrives, or nothing comes back. */
  | { kind: 'partition'; process: string; target: Target; at: Milliseconds; ms: Milliseconds; how: Cut }
  /** Nobody can talk to the target for a while. */
  | { kind: 'outage'; target: Target; at: Milliseconds; ms: Milliseconds }
  /** The process stands still, as in a long garbage collection or on a suspended machine. */
  | { kind: 'pause'; process: string; at: Milliseconds; ms: Milliseconds }
  /** The process's wall clock is wrong from the start. */
  | { kind: 'skew'; process: string; ms: Milliseconds }
  /** The database server is killed and back at once: open transactions are gone. */
  | { kind: 'restart'; at: Milliseconds }
  /** Every consumer group forms anew. */
  | { kind: 'rebalance'; at: Milliseconds }
  /** Records are delivered again from so many before each group's committed offset. */
  | { kind: 'rewind'; group: string; at: Milliseconds; records: number };

export type Cut = 'unreached' | 'unanswered' | 'either';

export type FaultKind = Fault['kind'];
