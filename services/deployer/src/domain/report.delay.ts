/** What is known of one replica's clock against the listener's own. Milliseconds; neither need be right. */
export interface ClockPair {
  /** Smallest distance between saying and hearing that was seen: that of a report without delay. */
  apart: number;
  /** Of the last report, by the replica's clock. */
  saidAt: number;
  /** Of the last report, by the listener's monotonic clock. */
  heardAt: number;
}

/** Clocks run apart by less than this share of the time that passes. */
const DRIFT = 0.001;

/**
 * How long a report was under way, though the two clocks do not agree: by how much more than the fastest report so far
 * it took. A replica's first report, and its first after its clock was set back, count as undelayed. As reports of one
 * replica come in order, a clock that is set forward is seen as a faster report.
 */
export function delayOf(known: ClockPair | null, saidAt: number, heardAt: number): { delay: number; pair: ClockPair } {
  const taken = heardAt - saidAt;
  if (!known || saidAt < known.saidAt) return { delay: 0, pair: { apart: taken, saidAt, heardAt } };
  const apart = Math.min(taken, known.apart + DRIFT * (heardAt - known.heardAt));
  return { delay: taken - apart, pair: { apart, saidAt, heardAt } };
}
