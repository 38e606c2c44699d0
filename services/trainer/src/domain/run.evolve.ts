import { newWork, postponed, returned, taken } from './queued.work';
import type { RunEvent } from './run.events';
import { advanced } from './run.search';
import type { TrainingRun } from './training.run';

function queued({ at, data: { request, deadline } }: Extract<RunEvent, { type: 'run-queued' }>): TrainingRun {
  const open = { startedAt: null, finishedAt: null, failure: null, outcome: null, search: null, sequence: 1 };
  return { runId: request.runId, request, state: 'queued', ...newWork(at, deadline), ...open };
}

function changed(run: TrainingRun, event: Exclude<RunEvent, { type: 'run-queued' }>): Partial<TrainingRun> {
  switch (event.type) {
    case 'run-claimed':
      return { state: 'running', ...taken(run, event.data.claim, event.at) };
    case 'run-started':
      return { startedAt: run.startedAt ?? event.at };
    case 'trial-completed':
      return {};
    case 'search-advanced': {
      const search = advanced(run.search, event.data);
      // Once it has ended, whoever takes the run up offers what was found.
      return { search, state: search.search.ended ? 'queued' : 'searching', ...returned(event.at) };
    }
    case 'run-handed-back':
      return { state: 'queued', ...returned(event.at) };
    case 'run-interrupted':
      return { state: 'queued', ...postponed(run, event.data.lost, event.data.retryAt) };
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
