import { nextAttempt, promote } from './attempt.decisions';
import type { CycleEvent } from './cycle.events';
import { evolve } from './cycle.evolve';
import type { CycleInput } from './cycle.inputs';
import { cycleIdOf, lastAttempt, termsOf, type Cycle } from './cycle.state';
import { betterThan, judgeByGate, scoreOf, undefinedMetrics } from './gate.verdict';

type Input<T extends CycleInput['type']> = Extract<CycleInput, { type: T }>;

const identity = ({ cycleId, pipeline, day }: Cycle) => ({ cycleId, pipeline, day });

/** What follows from an input in a state; nothing where the input is late, repeated or out of place. */
export function decide(cycle: Cycle | null, input: CycleInput): CycleEvent[] {
  if (input.type === 'arrive') return cycle ? [] : [queued(input)];
  if (!cycle) return [];
  switch (input.type) {
    case 'start':
      return cycle.status === 'queued' ? start(cycle, input) : [];
    case 'judged':
    case 'judgement-failed':
      return awaits(cycle, input) ? judged(cycle, input) : [];
    case 'run-completed':
      return runs(cycle, input.run.runId) ? [candidateReceived(cycle, input)] : [];
    case 'run-failed':
      return runs(cycle, input.run.runId) ? failAttempt(cycle, `${input.run.code}: ${input.run.message}`) : [];
  }
}

function queued({ pipeline, day, batch }: Input<'arrive'>): CycleEvent {
  return { type: 'cycle-queued', data: { cycleId: cycleIdOf(pipeline, day), pipeline, day, batch } };
}

function start(cycle: Cycle, { terms }: Input<'start'>): CycleEvent[] {
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
  return terms.incumbent ? [started] : [started, nextAttempt(evolve(cycle, started))];
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

function judged(cycle: Cycle, input: Input<'judged'> | Input<'judgement-failed'>): CycleEvent[] {
  if (input.role === 'incumbent') return incumbentJudged(cycle, input);
  if (input.type === 'judgement-failed') return failAttempt(cycle, input.reason);
  const { candidate } = lastAttempt(cycle);
  if (!candidate) throw new Error(`cycle ${cycle.cycleId} has no candidate to judge`);
  const { policy } = termsOf(cycle);
  const verdict = judgeByGate(input.metrics, policy);
  const { attempt, holdoutRows, metrics } = input;
  const data = { ...identity(cycle), role: input.role, attempt, model: candidate, holdoutRows, metrics, verdict };
  const event: CycleEvent = { type: 'model-judged', data };
  const after = evolve(cycle, event);
  const better = betterThan(metrics, cycle.incumbentJudgement?.metrics ?? null, policy);
  return [event, verdict.passed && better ? promote(after) : nextAttempt(after)];
}

/** An incumbent that cannot be scored, as with a damaged artifact, has not passed. */
function incumbentJudged(cycle: Cycle, input: Input<'judged'> | Input<'judgement-failed'>): CycleEvent[] {
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
  if (!verdict.passed) return [event, nextAttempt(evolve(cycle, event))];
  const kept = { ...identity(cycle), version: incumbent.version, score: scoreOf(metrics, policy) };
  return [event, { type: 'model-kept', data: kept }];
}

function candidateReceived(cycle: Cycle, { run }: Input<'run-completed'>): CycleEvent {
  const { runId, artifact, checkpoint, decisionThreshold, hyperparameters } = run;
  const candidate = { version: null, runId, artifact, checkpoint, decisionThreshold };
  const { attempt } = lastAttempt(cycle);
  return { type: 'candidate-received', data: { ...identity(cycle), attempt, candidate, hyperparameters } };
}

function failAttempt(cycle: Cycle, reason: string): CycleEvent[] {
  const { attempt, runId } = lastAttempt(cycle);
  const event: CycleEvent = { type: 'attempt-failed', data: { ...identity(cycle), attempt, runId, reason } };
  return [event, nextAttempt(evolve(cycle, event))];
}
