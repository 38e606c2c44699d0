import type {
  DataOf,
  Interval,
  attemptsExhaustedV1,
  cycleSkippedV1,
  modelKeptV1,
  modelPromotedV1,
  rolloutCompletedV1,
  rolloutFailedV1,
} from '@perennial/contracts';
import type { Failure, Recovery } from './incident';

const SUMMARY_LIMIT = 1024;

export const shorten = (text: string, limit: number): string =>
  text.length <= limit ? text : `${text.slice(0, limit - 1)}…`;

const number = (value: number | null): string => (value === null ? 'undefined' : value.toFixed(3));

/** `0.301 [0.262, 0.344]` */
export const score = ({ value, low, high }: Interval): string =>
  low === null || high === null ? number(value) : `${number(value)} [${number(low)}, ${number(high)}]`;

const cycleEvidence = (pipeline: string, day: string) => ({
  path: `/api/v1/cycles/${pipeline}/${day}`,
  text: `Cycle ${pipeline}/${day}`,
});

export function exhausted(data: DataOf<typeof attemptsExhaustedV1>, at: string): Failure {
  const { cycleId, pipeline, day, metric, threshold, holdoutRows, incumbent, attempts } = data;
  const best = Math.max(...attempts.map((attempt) => attempt.score?.value ?? -1));
  const tried = `${attempts.length} retraining attempt${attempts.length === 1 ? '' : 's'}`;
  const reached = best < 0 ? 'gave no candidate' : `reached at most ${best.toFixed(3)}`;
  const model = incumbent ? `${metric} of ${incumbent.version} is ${score(incumbent.score)}` : 'no model serves';
  return {
    kind: 'MODEL_PERFORMANCE_FAILURE',
    pipeline,
    key: cycleId,
    dedupKey: cycleId,
    severity: 'critical',
    summary: shorten(`${pipeline} on ${day}: ${model}, below ${threshold}; ${tried} ${reached}`, SUMMARY_LIMIT),
    details: { cycleId, day, metric, threshold, holdoutRows, incumbent, attempts },
    evidence: cycleEvidence(pipeline, day),
    at,
  };
}

export function dataQualityFailed(data: DataOf<typeof cycleSkippedV1>, at: string): Failure {
  const { cycleId, pipeline, day, details } = data;
  const because = details.length === 0 ? '' : `: ${details.join('; ')}`;
  return {
    kind: 'DATA_QUALITY_FAILURE',
    pipeline,
    key: cycleId,
    dedupKey: cycleId,
    severity: 'warning',
    summary: shorten(`${pipeline} on ${day}: the data failed its quality checks${because}`, SUMMARY_LIMIT),
    details: { cycleId, day, findings: details },
    evidence: cycleEvidence(pipeline, day),
    at,
  };
}

export function rolloutFailed(data: DataOf<typeof rolloutFailedV1>, at: string): Failure {
  const { pipeline, rolloutId, sequence, version, cycleId, reason, replicas, restored } = data;
  const now = restored === null ? 'no version was restored' : `${restored} was restored`;
  return {
    kind: 'DEPLOYMENT_FAILURE',
    pipeline,
    key: rolloutId,
    dedupKey: shorten(cycleId ?? rolloutId, 255),
    severity: 'error',
    summary: shorten(`${pipeline}: the rollout of ${version} failed (${reason}); ${now}`, SUMMARY_LIMIT),
    details: { rolloutId, sequence, version, cycleId, reason, replicas, restored },
    evidence: { path: `/api/v1/deployments?pipeline=${pipeline}`, text: `Deployments of ${pipeline}` },
    at,
  };
}

/** A cycle that ended with a good model: both its model and its data were. */
export function cycleRecovered(
  data: DataOf<typeof modelKeptV1> | DataOf<typeof modelPromotedV1>,
  at: string,
): Recovery[] {
  const { pipeline, day, cycleId } = data;
  const outcome = 'candidate' in data ? `attempt ${data.attempt} gave a model that passes` : `${data.version} passes`;
  const summary = `${pipeline} on ${day}: ${outcome}`;
  return [{ kind: 'MODEL_PERFORMANCE_FAILURE', pipeline, by: cycleId, summary, at }, dataRecovered(data, at)];
}

/** A cycle that was not skipped had data that passed its checks, whatever became of its model. */
export function dataRecovered(data: { pipeline: string; day: string; cycleId: string }, at: string): Recovery {
  const { pipeline, day, cycleId } = data;
  const summary = `${pipeline} on ${day}: the data passed its quality checks`;
  return { kind: 'DATA_QUALITY_FAILURE', pipeline, by: cycleId, summary, at };
}

/**
 * The rollback that follows a failed rollout completes too, but it is no recovery: the new version is not out.
 * A failed rollout that completes after all is one.
 */
export function rolloutRecovered(data: DataOf<typeof rolloutCompletedV1>, at: string): Recovery[] {
  const { pipeline, rolloutId, version, kind } = data;
  const ofFailure = kind === 'rollback' ? rolloutId : undefined;
  const summary = `${pipeline}: ${version} serves`;
  return [{ kind: 'DEPLOYMENT_FAILURE', pipeline, by: rolloutId, summary, at, ofFailure }];
}
