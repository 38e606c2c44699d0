/** A run, or a trial of its search, that may be taken up, or whose trainer may have been lost. Times are UTC instants in ISO format. */
export interface WaitingRun {
  runId: string;
  pipeline: string;
  /** Since when it may be taken up. */
  readyAt: string;
}

/** Pipelines and when one of their runs was taken up; those since the longest waiting run became ready are enough. */
export interface PastClaim {
  pipeline: string;
  at: string;
}

interface Turn<T> {
  run: T;
  /** Runs of the same pipeline that come first. */
  behind: number;
  /** When the pipeline last got something, or began to wait. */
  since: string;
}

/**
 * In which order runs are taken up. The pipeline that has gone longest without a claim while it waited is next, with
 * its oldest run; so no pipeline gets two turns while another one waits, and with n trainers the k-th waiting
 * pipeline begins within k/n times the longest run.
 */
export function claimOrder<T extends WaitingRun>(waiting: readonly T[], claims: readonly PastClaim[]): T[] {
  const lastClaim = new Map<string, string>();
  for (const { pipeline, at } of claims) {
    if (at > (lastClaim.get(pipeline) ?? '')) lastClaim.set(pipeline, at);
  }
  const seen = new Map<string, number>();
  const turns = [...waiting].sort(byReadiness).map((run): Turn<T> => {
    const behind = seen.get(run.pipeline) ?? 0;
    seen.set(run.pipeline, behind + 1);
    const served = lastClaim.get(run.pipeline) ?? '';
    return { run, behind, since: served > run.readyAt ? served : run.readyAt };
  });
  return turns
    .sort((a, b) => a.behind - b.behind || compare(a.since, b.since) || byReadiness(a.run, b.run))
    .map(({ run }) => run);
}

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const byReadiness = (a: WaitingRun, b: WaitingRun): number =>
  compare(a.readyAt, b.readyAt) || compare(a.runId, b.runId);
