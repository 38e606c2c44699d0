import type { CycleEvent } from './cycle.events';
import type { AttemptState, Cycle, CycleStatus } from './cycle.state';

const withAttempt = (cycle: Cycle, attempt: number, change: Partial<AttemptState>): AttemptState[] =>
  cycle.attempts.map((state) => (state.attempt === attempt ? { ...state, ...change } : state));

function judged(cycle: Cycle, data: Extract<CycleEvent, { type: 'model-judged' }>['data']): Cycle {
  const { model, holdoutRows, metrics, verdict } = data;
  const judgement = { model, holdoutRows, metrics, verdict };
  if (data.role === 'incumbent') return { ...cycle, incumbentJudgement: judgement };
  return { ...cycle, attempts: withAttempt(cycle, data.attempt, { judgement }) };
}

function applied(cycle: Cycle, event: Exclude<CycleEvent, { type: 'cycle-queued' }>): Cycle {
  const to = (status: CycleStatus): Cycle => ({ ...cycle, status });
  switch (event.type) {
    case 'cycle-started':
      return { ...to('judging'), terms: event.terms };
    case 'model-judged':
      return judged(cycle, event.data);
    case 'retraining-requested': {
      const { attempt, strategy, runId, batches, base } = event.data;
      const fresh = { candidate: null, hyperparameters: {}, judgement: null };
      const open = { failure: null, deadline: event.deadline, expired: false, lateResult: null };
      return {
        ...to('improving'),
        attempts: [...cycle.attempts, { attempt, strategy, runId, batches, base, ...fresh, ...open }],
      };
    }
    case 'candidate-received': {
      const { attempt, candidate, hyperparameters } = event.data;
      return { ...to('judging-candidate'), attempts: withAttempt(cycle, attempt, { candidate, hyperparameters }) };
    }
    case 'attempt-failed': {
      const { attempt, reason, cause } = event.data;
      const change = { failure: reason, expired: cause === 'deadline' };
      return { ...cycle, attempts: withAttempt(cycle, attempt, change) };
    }
    case 'late-result-ignored': {
      const { attempt, result } = event.data;
      return { ...cycle, attempts: withAttempt(cycle, attempt, { lateResult: result }) };
    }
    case 'cycle-skipped':
      return to('skipped');
    case 'model-kept':
      return to('kept');
    case 'model-promoted':
      return to('promoted');
    case 'attempts-exhausted':
      return to('exhausted');
  }
}

export function evolve(cycle: Cycle | null, event: CycleEvent): Cycle {
  if (event.type === 'cycle-queued') {
    const { cycleId, pipeline, day, batch } = event.data;
    const empty = { terms: null, incumbentJudgement: null, attempts: [], sequence: 1 };
    return { cycleId, pipeline, day, batch, status: 'queued', ...empty };
  }
  if (!cycle) throw new Error(`a cycle cannot begin with ${event.type}`);
  return { ...applied(cycle, event), sequence: cycle.sequence + 1 };
}

export const evolveAll = (cycle: Cycle | null, events: readonly CycleEvent[]): Cycle | null =>
  events.reduce<Cycle | null>(evolve, cycle);
