import {
  type Claim,
  type ClaimAttempt,
  claimOf,
  type FailureCause,
  isNewest,
  retryAfter,
  type WorkLimits,
} from './queued.work';
import { RUN_EXPIRED } from './run.decider';
import type { RunFailure } from './training.run';
import type { RequestedTrial, TaskEvent, TrialScore, TrialTask } from './trial.task';

export type TaskCommand =
  | { type: 'queue'; at: Date; request: RequestedTrial }
  | ({ type: 'claim' } & ClaimAttempt)
  | ({ type: 'complete'; at: Date; claim: Claim } & TrialScore)
  | { type: 'hand-back'; at: Date; claim: Claim; reason: string }
  | { type: 'fail'; at: Date; claim: Claim; cause: FailureCause; failure: RunFailure; limits: WorkLimits }
  /** Nobody waits for it. */
  | { type: 'discard'; at: Date };

type Command<T extends TaskCommand['type']> = Extract<TaskCommand, { type: T }>;

/** A trial is tried again once elsewhere; it may be what its trainers died of. */
const MAX_CLAIMS = 2;

const limited = (limits: WorkLimits): WorkLimits => ({ ...limits, maxClaims: MAX_CLAIMS });

/** What follows from a command; nothing where the trial is over, or the claim is not its newest. */
export function decideTask(task: TrialTask | null, command: TaskCommand): TaskEvent[] {
  const at = command.at.toISOString();
  if (command.type === 'queue') return task ? [] : [{ type: 'task-queued', at, data: { request: command.request } }];
  if (!task) return [];
  const open = task.state === 'queued' || task.state === 'running';
  if (command.type === 'discard') return open ? [{ type: 'task-discarded', at }] : [];
  if (command.type === 'claim') return open ? claim(task, command) : [];
  if (!isNewest(task, command.claim)) return [];
  switch (command.type) {
    case 'complete': {
      const { score, seconds, model } = command;
      return [{ type: 'task-completed', at, data: { claim: task.claims, score, seconds, model } }];
    }
    case 'hand-back':
      return [{ type: 'task-handed-back', at, data: { reason: command.reason } }];
    case 'fail':
      return [fail(task, command)];
  }
}

function claim(task: TrialTask, command: Command<'claim'>): TaskEvent[] {
  const at = command.at.toISOString();
  const attempt = claimOf(task, { ...command, limits: limited(command.limits) });
  if ('claim' in attempt) return [{ type: 'task-claimed', at, data: attempt }];
  const failed = (code: string, message: string): TaskEvent[] => [
    { type: 'task-failed', at, data: { claim: task.claims, code, message } },
  ];
  switch (attempt.refused) {
    case 'paused':
      return [];
    case 'expired':
      return failed(RUN_EXPIRED, `its run was due by ${task.deadline}`);
    case 'lost':
      return failed('search.trial-lost', `its trainer was lost each of the ${MAX_CLAIMS} times it was tried`);
  }
}

function fail(task: TrialTask, { at, cause, failure, limits }: Command<'fail'>): TaskEvent {
  const retryAt = retryAfter(task, at, cause, limited(limits));
  const moment = at.toISOString();
  if (retryAt === null) return { type: 'task-failed', at: moment, data: { claim: task.claims, ...failure } };
  return { type: 'task-interrupted', at: moment, data: { lost: cause === 'lost', retryAt, ...failure } };
}
