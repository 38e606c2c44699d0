import { nextAttempt, promote } from './attempt.decisions';
import type { AttemptFailureCause, CycleEvent } from './cycle.events';
import { evolve } from './cycle.evolve';
import type { CycleInput } from './cycle.inputs';
import { cycleIdOf, lastAttempt, termsOf, type Cycle } from './cycle.state';
import { betterThan, judgeByGate, scoreOf, undefinedMetrics } from './gate.verdict';

type Input<T extends CycleInput['type']> = Extract<CycleInput, { type: T }>;

const identity = ({ cycleId, pipeline, day }: Cycle) => ({ cycleId, pipeline, day });

/** What follows from an input in a state at `now` (epoch ms); nothing where it is repeated or out of place. */
export function decide(cycle: Cycle | null, input: CycleInput, now: number): CycleEvent[] {
  if (input.type === 'arrive') return cycle ? [] : [queued(input)];
  if (!cycle) return [];
  switch (input.type) {
    case 'start':
      return cycle.status === 'queued' ? start(cycle, input, now) : [];
    case 'judged':
    case 'judgement-failed':
      return awaits(cycle, input) ? judged(cycle, input, now) : [];
    case 'run-completed':
      return runs(cycle, input.run.runId) ? [candidateReceived(cycle, input)] : late(cycle, input);
    case 'run-failed': {
      const { runId, code, message } = input.run;
      return runs(cycle, runId) ? failAttempt(cycle, 'run', `${code}: ${message}`, now) : late(cycle, input);
    }
    case 'time-passed':
      return expire(cycle, now);
  }
}

function queued({ pipeline, day, batch }: Input<'arrive'>): CycleEvent {
  return { type: 'cycle-queued', data: { cycleId: cycleIdOf(pipeline, day), pipeline, day, batch } };
}

function start(cycle: Cycle, { terms }: Input<'start'>, now: number): CycleEvent[] {
  const { batchId, view, viewVersion, rows, labelledRows, quality } = cycle.batch;
  const incumbent = terms.incumbent?.version ?? null;
  const data = { ...identity(cycle), batchId, view, viewVersion, rows, labelledRows, incumbent };
  const started: CycleEvent = { type: 'cycle-started', data, terms };
  if (quality.verdict === 'failed') return [started, skipped(cycle, 'data-quality', quality.findings)];
  const { minimumRows } = terms.policy.gate;
  if (labelledRows < minimumRows) {
    const detail = `labelledRows: ${labelledRows}, gate.minimumRows: ${minimumRows}`;
    return [started, skipped(cycle, 'insufficient-data', [detail])];
  }
  return terms.incumbent ? [started] : [started, nextAttempt(evolve(cycle, started), now)];
}

function skipped(cycle: Cycle, reason: 'data-quality' | 'insufficient-data', details: string[]): CycleEvent {
  return { type: 'cycle-skipped', data: { ...identity(cycle), reason, details } };
}

function awaits(cycle: Cycle, { role, attempt }: { role: string; attempt: number }): boolean {
  if (cycle.status === 'judging') return role === 'incumbent' && attempt === 0;
  return cycle.status === 'judging-candidate' && role === 'candidate' && attempt === cycle.attempts.length;
}

const runs = (cycle: Cycle, runId: string): boolean =>
  cycle.status === 'improving' && lastAttempt(cycle).runId === runId;

function judged(cycle: Cycle, input: Input<'judged'> | Input<'judgement-failed'>, now: number): CycleEvent[] {
  if (input.role === 'incumbent') return incumbentJudged(cycle, input, now);
  if (input.type === 'judgement-failed') return failAttempt(cycle, 'judgement', input.reason, now);
  const { candidate } = lastAttempt(cycle);
  if (!candidate) throw new Error(`cycle ${cycle.cycleId} has no candidate to judge`);
  const { policy } = termsOf(cycle);
  const verdict = judgeByGate(input.metrics, policy);
  const { attempt, holdoutRows, metrics } = input;
  const data = { ...identity(cycle), role: input.role, attempt, model: candidate, holdoutRows, metrics, verdict };
  const event: CycleEvent = { type: 'model-judged', data };
  const after = evolve(cycle, event);
  const better = betterThan(metrics, cycle.incumbentJudgement?.metrics ?? null, policy);
  return [event, verdict.passed && better ? promote(after) : nextAttempt(after, now)];
}

/** An incumbent that cannot be scored, as with a damaged artifact, has not passed. */
function incumbentJudged(cycle: Cycle, input: Input<'judged'> | Input<'judgement-failed'>, now: number): CycleEvent[] {
  const { policy, incumbent } = termsOf(cycle);
  if (!incumbent) return [];
  const { holdoutRows } = input;
  if (input.type === 'judged' && holdoutRows === 0) {
    return [skipped(cycle, 'insufficient-data', ['the holdout has no labelled row'])];
  }
  const metrics = input.type === 'judged' ? input.metrics : undefinedMetrics;
  const verdict = judgeByGate(metrics, policy);
  const model = { ...incumbent.model, version: incumbent.version };
  const data = { ...identity(cycle), role: input.role, attempt: 0, model, holdoutRows, metrics, verdict };
  const event: CycleEvent = { type: 'model-judged', data };
  if (!verdict.passed) return [event, nextAttempt(evolve(cycle, event), now)];
  const kept = { ...identity(cycle), version: incumbent.version, score: scoreOf(metrics, policy) };
  return [event, { type: 'model-kept', data: kept }];
}

function candidateReceived(cycle: Cycle, { run }: Input<'run-completed'>): CycleEvent {
  const { runId, artifact, checkpoint, decisionThreshold, hyperparameters } = run;
  const candidate = { version: null, runId, artifact, checkpoint, decisionThreshold };
  const { attempt } = lastAttempt(cycle);
  return { type: 'candidate-received', data: { ...identity(cycle), attempt, candidate, hyperparameters } };
}

function failAttempt(cycle: Cycle, cause: AttemptFailureCause, reason: string, now: number): CycleEvent[] {
  const { attempt, runId } = lastAttempt(cycle);
  const event: CycleEvent = { type: 'attempt-failed', data: { ...identity(cycle), attempt, runId, reason, cause } };
  return [event, nextAttempt(evolve(cycle, event), now)];
}

/** A run that has not answered by its deadline counts as a failed attempt. */
function expire(cycle: Cycle, now: number): CycleEvent[] {
  if (cycle.status !== 'improving') return [];
  const { runId, deadline } = lastAttempt(cycle);
  if (now < deadline) return [];
  const reason = `ATTEMPT_EXPIRED: run ${runId} gave no result by ${new Date(deadline).toISOString()}`;
  return failAttempt(cycle, 'deadline', reason, now);
}

/** What a run says after its attempt has expired is kept, once, and changes nothing else. */
function late(cycle: Cycle, { type, run: { runId } }: Input<'run-completed'> | Input<'run-failed'>): CycleEvent[] {
  const given = cycle.attempts.find((attempt) => attempt.runId === runId);
  if (!given?.expired || given.lateResult !== null) return [];
  const result = type === 'run-completed' ? 'completed' : 'failed';
  const data = { ...identity(cycle), attempt: given.attempt, runId, result } as const;
  return [{ type: 'late-result-ignored', data }];
}
