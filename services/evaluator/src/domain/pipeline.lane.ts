/** Cycles of one pipeline run one at a time, in order of arrival. */
export interface Lane {
  pipeline: string;
  /** The cycle that runs. */
  active: string | null;
  /** Cycles that wait, oldest first. */
  queue: string[];
  /** A promoted model that is on its way out: the next day is judged once it serves, or at `until` (epoch ms). */
  awaiting: { cycleId: string; until: number } | null;
}

export const emptyLane = (pipeline: string): Lane => ({ pipeline, active: null, queue: [], awaiting: null });

export function enqueue(lane: Lane, cycleId: string): Lane {
  return lane.active === cycleId || lane.queue.includes(cycleId) ? lane : { ...lane, queue: [...lane.queue, cycleId] };
}

/** The lane with its next cycle active, or null when none may start now. */
export function startNext(lane: Lane): Lane | null {
  const [next, ...rest] = lane.queue;
  if (lane.active !== null || lane.awaiting !== null || next === undefined) return null;
  return { ...lane, active: next, queue: rest };
}

export function finish(lane: Lane, cycleId: string, awaitUntil: number | null): Lane {
  if (lane.active !== cycleId) return lane;
  return { ...lane, active: null, awaiting: awaitUntil === null ? null : { cycleId, until: awaitUntil } };
}

/** The promoted model serves, failed or was rejected. */
export function release(lane: Lane, cycleId: string): Lane {
  return lane.awaiting?.cycleId === cycleId ? { ...lane, awaiting: null } : lane;
}

export function expire(lane: Lane, now: number): Lane {
  return lane.awaiting && lane.awaiting.until <= now ? { ...lane, awaiting: null } : lane;
}
