import type { RunEvent } from './run.events';
import { advanced, trialsLost } from './run.search';
import type { TrainingRun } from './training.run';

function queued({ at, data: { request, deadline } }: Extract<RunEvent, { type: 'run-queued' }>): TrainingRun {
  const counters = { claims: 0, losses: 0, retries: 0, sequence: 1 };
  const times = { queuedAt: at, deadline, readyAt: at, claimedAt: null };
  const open = { notBefore: null, startedAt: null, finishedAt: null, failure: null, outcome: null, search: null };
  return { runId: request.runId, request, state: 'queued', claim: null, ...times, ...counters, ...open };
}

function changed(run: TrainingRun, event: Exclude<RunEvent, { type: 'run-queued' }>): Partial<TrainingRun> {
  switch (event.type) {
    case 'run-claimed': {
      const { claim } = event.data;
      const lost = run.state === 'running';
      const losses = run.losses + (lost ? 1 : 0);
      const times = { readyAt: event.at, claimedAt: event.at, notBefore: null };
      const search = lost ? trialsLost(run.search) : run.search;
      return { state: 'running', claim, claims: claim.number, losses, search, ...times };
    }
    case 'run-started':
      return { startedAt: run.startedAt ?? event.at };
    case 'trial-completed':
      return {};
    case 'search-advanced':
      return { search: advanced(run.search, event.data) };
    case 'run-handed-back':
      return { state: 'queued', claim: null, readyAt: event.at };
    case 'run-interrupted': {
      const { lost, retryAt } = event.data;
      const count = lost ? { losses: run.losses + 1 } : { retries: run.retries + 1 };
      return { state: 'queued', claim: null, notBefore: retryAt, readyAt: retryAt, ...count };
    }
    case 'run-completed':
      return { state: 'completed', claim: null, finishedAt: event.at, outcome: event.data.outcome };
    case 'run-failed': {
      const { code, message } = event.data;
      return { state: 'failed', claim: null, finishedAt: event.at, failure: { code, message } };
    }
  }
}

export function evolve(run: TrainingRun | null, event: RunEvent): TrainingRun {
  if (event.type === 'run-queued') return queued(event);
  if (!run) throw new Error(`a run cannot begin with ${event.type}`);
  return { ...run, ...changed(run, event), sequence: run.sequence + 1 };
}

export const evolveAll = (run: TrainingRun | null, events: readonly RunEvent[]): TrainingRun | null =>
  events.reduce<TrainingRun | null>(evolve, run);
