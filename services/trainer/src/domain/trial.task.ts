import { type DataOf, type FileReference, trialRequestedV1 } from '@perennial/contracts';
import { type Claim, newWork, postponed, type QueuedWork, returned, taken } from './queued.work';
import type { RunFailure } from './training.run';

export type RequestedTrial = DataOf<typeof trialRequestedV1>;

/** A training that a search asked for, by whichever trainer takes it up. */
export interface TrialTask extends QueuedWork {
  /** `<run>/<trial>.<rung>`. */
  taskId: string;
  request: RequestedTrial;
  /** discarded: its run is over, or did not wait for it any more. */
  state: 'queued' | 'running' | 'completed' | 'failed' | 'discarded';
  failure: RunFailure | null;
  /** What was trained, until it is deleted after the run. */
  model: FileReference | null;
}

export interface TrialScore {
  score: number;
  seconds: number;
  model: FileReference;
}

/** What happened to a task; the run's history tells what came of it. */
export type TaskEvent =
  | { type: 'task-queued'; at: string; data: { request: RequestedTrial } }
  | { type: 'task-claimed'; at: string; data: { claim: Claim } }
  | { type: 'task-completed'; at: string; data: { claim: number } & TrialScore }
  | { type: 'task-failed'; at: string; data: { claim: number } & RunFailure }
  | { type: 'task-interrupted'; at: string; data: { lost: boolean; retryAt: string } & RunFailure }
  | { type: 'task-handed-back'; at: string; data: { reason: string } }
  | { type: 'task-discarded'; at: string };

export const taskIdOf = (request: RequestedTrial): string => trialRequestedV1.key(request);

function changed(task: TrialTask, event: Exclude<TaskEvent, { type: 'task-queued' }>): Partial<TrialTask> {
  switch (event.type) {
    case 'task-claimed':
      return { state: 'running', ...taken(task, event.data.claim, event.at) };
    case 'task-completed':
      return { state: 'completed', claim: null, model: event.data.model };
    case 'task-failed':
      return { state: 'failed', claim: null, failure: { code: event.data.code, message: event.data.message } };
    case 'task-interrupted':
      return { state: 'queued', ...postponed(task, event.data.lost, event.data.retryAt) };
    case 'task-handed-back':
      return { state: 'queued', ...returned(event.at) };
    case 'task-discarded':
      return { state: 'discarded', claim: null };
  }
}

export function evolveTask(task: TrialTask | null, event: TaskEvent): TrialTask {
  if (event.type === 'task-queued') {
    const { request } = event.data;
    const work = newWork(event.at, request.deadline);
    return { taskId: taskIdOf(request), request, state: 'queued', failure: null, model: null, ...work };
  }
  if (!task) throw new TypeError(`a trial cannot begin with ${event.type}`);
  return { ...task, ...changed(task, event) };
}

export const evolveTasks = (task: TrialTask | null, events: readonly TaskEvent[]): TrialTask | null =>
  events.reduce<TrialTask | null>(evolveTask, task);
