import { allObsolete, deleted, kept, NOTHING_KEPT } from './kept.work';
import type { RunEvent } from './run.events';
import { advanced, trialsLost } from './run.search';
import type { TrainingRun } from './training.run';

function queued({ at, data: { request, deadline } }: Extract<RunEvent, { type: 'run-queued' }>): TrainingRun {
  const counters = { claims: 0, losses: 0, retries: 0, sequence: 1 };
  const times = { queuedAt: at, deadline, readyAt: at, claimedAt: null };
  const open = { notBefore: null, startedAt: null, finishedAt: null, failure: null, outcome: null, search: null };
  const unclaimed = { state: 'queued', claim: null, kept: NOTHING_KEPT } as const;
  return { runId: request.runId, request, ...unclaimed, ...times, ...counters, ...open };
}

const ended = ({ kept: work }: TrainingRun, at: string) => ({ claim: null, finishedAt: at, kept: allObsolete(work) });

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
