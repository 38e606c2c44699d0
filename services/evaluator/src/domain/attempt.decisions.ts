import type { CycleEvent } from './cycle.events';
import { attemptPolicy } from './cycle.policy';
import { lastAttempt, runIdOf, termsOf, type Cycle } from './cycle.state';
import { scoreOf } from './gate.verdict';
import { trainingWindow } from './batch.window';

/** Of a cycle whose terms were fixed before they named one. */
const DEFAULT_ATTEMPT_TIMEOUT_MS = 360 * 60_000;

const identity = ({ cycleId, pipeline, day }: Cycle) => ({ cycleId, pipeline, day });

/** The next attempt, or the end when all are used. Whatever failed before counts as one. `now`: epoch ms. */
export function nextAttempt(cycle: Cycle, now: number): CycleEvent {
  const made = cycle.attempts.length;
  return made < termsOf(cycle).policy.maxAttempts ? request(cycle, made + 1, now) : exhausted(cycle);
}

function request(cycle: Cycle, attempt: number, now: number): CycleEvent {
  const { policy, incumbent, usable } = termsOf(cycle);
  const { strategy, days } = attemptPolicy(policy, attempt, Boolean(incumbent?.model.checkpoint));
  const { view, viewVersion, metadataId, batchId } = cycle.batch;
  const batches = trainingWindow(usable, days).map((batch) => batch.batchId);
  const base = strategy === 'train' || !incumbent ? null : { ...incumbent.model, version: incumbent.version };
  return {
    type: 'retraining-requested',
    deadline: now + (policy.attemptTimeoutMs ?? DEFAULT_ATTEMPT_TIMEOUT_MS),
    data: {
      ...identity(cycle),
      attempt,
      maxAttempts: policy.maxAttempts,
      runId: runIdOf(cycle.pipeline, cycle.day, attempt),
      strategy,
      batches: batches.length > 0 ? batches : [batchId],
      view,
      viewVersion,
      metadataId,
      base,
      holdoutShare: policy.holdoutShare,
      validationShare: policy.validationShare,
    },
  };
}

function exhausted(cycle: Cycle): CycleEvent {
  const { policy, incumbent } = termsOf(cycle);
  const judged = cycle.incumbentJudgement;
  const judgements = [judged, ...cycle.attempts.map((attempt) => attempt.judgement)];
  return {
    type: 'attempts-exhausted',
    data: {
      ...identity(cycle),
      metric: policy.gate.metric,
      threshold: policy.gate.threshold,
      holdoutRows: Math.max(0, ...judgements.map((judgement) => judgement?.holdoutRows ?? 0)),
      incumbent: incumbent && judged && { version: incumbent.version, score: scoreOf(judged.metrics, policy) },
      attempts: cycle.attempts.map(({ attempt, strategy, runId, judgement, failure }) => ({
        attempt,
        strategy,
        runId,
        score: judgement && scoreOf(judgement.metrics, policy),
        failure,
      })),
    },
  };
}

/** Everything the registry needs to make the judged candidate a version. */
export function promote(cycle: Cycle): CycleEvent {
  const { usable } = termsOf(cycle);
  const { attempt, strategy, batches, base, candidate, hyperparameters, judgement } = lastAttempt(cycle);
  if (!candidate || !judgement) throw new Error(`cycle ${cycle.cycleId} has no judged candidate`);
  const known = usable.some((batch) => batch.batchId === cycle.batch.batchId) ? usable : [...usable, cycle.batch];
  return {
    type: 'model-promoted',
    data: {
      ...identity(cycle),
      attempt,
      strategy,
      candidate,
      finetunedFrom: base?.version ?? null,
      hyperparameters,
      metrics: judgement.metrics,
      incumbentMetrics: cycle.incumbentJudgement?.metrics ?? null,
      verdict: judgement.verdict,
      data: {
        view: cycle.batch.view,
        viewVersion: cycle.batch.viewVersion,
        batches,
        raw: known.filter((batch) => batches.includes(batch.batchId)).map((batch) => batch.raw),
      },
    },
  };
}
