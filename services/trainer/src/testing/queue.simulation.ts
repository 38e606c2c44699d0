import { claimOrder, type PastClaim, type WaitingRun } from '../domain/claim.order';

/** Whole seconds. `pauses`: the run is taken up once more after each of them, as after a failure outside. */
export interface SimulatedRun {
  runId: string;
  pipeline: string;
  arrives: number;
  takes: number;
  pauses: readonly number[];
}

export interface SimulatedClaim {
  runId: string;
  pipeline: string;
  readyAt: number;
  at: number;
}

export type Discipline = (waiting: readonly WaitingRun[], claims: readonly PastClaim[]) => readonly WaitingRun[];

const epoch = Date.UTC(2026, 0, 4);
const instant = (second: number): string => new Date(epoch + second * 1000).toISOString();
const secondOf = (at: string): number => (Date.parse(at) - epoch) / 1000;

/** Who is taken up when, by so many trainers, until nothing is left. */
export function simulateQueue(
  runs: readonly SimulatedRun[],
  trainers: number,
  discipline: Discipline = claimOrder,
): SimulatedClaim[] {
  const waiting = new Map(runs.map((run) => [run.runId, { run, readyAt: run.arrives, tries: 0 }]));
  const busyUntil: { until: number; again: (() => void) | null }[] = [];
  const claims: SimulatedClaim[] = [];
  for (let now = 0; waiting.size > 0 || busyUntil.length > 0; now++) {
    for (const done of busyUntil.filter(({ until }) => until <= now)) {
      busyUntil.splice(busyUntil.indexOf(done), 1);
      done.again?.();
    }
    while (busyUntil.length < trainers) {
      const ready = [...waiting.values()].filter(({ readyAt }) => readyAt <= now);
      const queue = ready.map(({ run, readyAt }) => ({ ...run, readyAt: instant(readyAt) }));
      const [next] = discipline(
        queue,
        claims.map(({ pipeline, at }) => ({ pipeline, at: instant(at) })),
      );
      const taken = next && waiting.get(next.runId);
      if (!next || !taken) break;
      waiting.delete(next.runId);
      const { run, tries } = taken;
      claims.push({ runId: run.runId, pipeline: run.pipeline, readyAt: secondOf(next.readyAt), at: now });
      const until = now + run.takes;
      const pause = run.pauses[tries];
      const again =
        pause === undefined ? null : () => waiting.set(run.runId, { run, readyAt: until + pause, tries: tries + 1 });
      busyUntil.push({ until, again });
    }
  }
  return claims;
}

/** The claims of other pipelines while a run waited, from when its pipeline was served last at the earliest. */
export function overtakers(claims: readonly SimulatedClaim[], claim: SimulatedClaim): SimulatedClaim[] {
  const before = claims.slice(0, claims.indexOf(claim));
  const served = Math.max(-1, ...before.filter(({ pipeline }) => pipeline === claim.pipeline).map(({ at }) => at));
  const since = Math.max(claim.readyAt, served);
  return before.filter(({ pipeline, at }) => pipeline !== claim.pipeline && at > since);
}

/** The most turns that one pipeline took while another one waited. */
export function mostTurnsWhileOthersWaited(claims: readonly SimulatedClaim[]): number {
  const turns = claims.flatMap((claim) => {
    const counts = new Map<string, number>();
    for (const { pipeline } of overtakers(claims, claim)) counts.set(pipeline, (counts.get(pipeline) ?? 0) + 1);
    return [...counts.values()];
  });
  return Math.max(0, ...turns);
}
