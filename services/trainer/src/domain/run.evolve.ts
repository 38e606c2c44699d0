import { allObsolete, deleted, kept, NOTHING_KEPT } from './kept.work';
import { newWork, postponed, returned, taken } from './queued.work';
import type { RunEvent } from './run.events';
import { advanced } from './run.search';
import type { TrainingRun } from './training.run';

function queued({ at, data: { request, deadline } }: Extract<RunEvent, { type: 'run-queued' }>): TrainingRun {
  const open = { startedAt: null, finishedAt: null, failure: null, outcome: null, search: null, sequence: 1 };
  const work = { ...newWork(at, deadline), kept: NOTHING_KEPT };
  return { runId: request.runId, request, state: 'queued', ...work, ...open };
}

const ended = ({ kept: work }: TrainingRun, at: string) => ({ claim: null, finishedAt: at, kept: allObsolete(work) });

function changed(run: TrainingRun, event: Exclude<RunEvent, { type: 'run-queued' }>): Partial<TrainingRun> {
  switch (event.type) {
    case 'run-claimed':
      return { state: 'running', ...taken(run, event.data.claim, event.at) };
    case 'run-started':
      return { startedAt: run.startedAt ?? event.at };
    case 'trial-completed': {
      const { trial, file } = event.data;
      return file ? { kept: kept(run.kept, trial, 'result', file) } : {};
    }
    case 'checkpoint-kept': {
      const { training, stage, file } = event.data;
      return { kept: kept(deleted(run.kept, event.data.deleted), training, stage, file) };
    }
    case 'checkpoints-deleted':
      return { kept: deleted(run.kept, event.data.deleted) };
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
      return { ...ended(run, event.at), state: 'completed', outcome: event.data.outcome };
    case 'run-failed': {
      const { code, message } = event.data;
      return { ...ended(run, event.at), state: 'failed', failure: { code, message } };
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
