import type { FileReference } from '@perennial/contracts';
import type { Stage } from './kept.work';
import type { RunEvent } from './run.events';
import { advance, type RunSearchCommand } from './run.search';
import {
  type Claim,
  holds,
  isOver,
  type RunFailure,
  type RunOutcome,
  type RunRequest,
  type TrainingRun,
} from './training.run';
import type { Trial } from './trial.selection';

export interface RunLimits {
  /** Claims that may end without a word before the run is given up. */
  maxClaims: number;
  /** Tries that something outside may make fail. */
  maxRetries: number;
  /** The n-th pause is 2ⁿ⁻¹ times this, at most maxPauseMs. */
  pauseMs: number;
  maxPauseMs: number;
}

/** The run was not over by its deadline. */
export const RUN_EXPIRED = 'run.expired';

export type RunCommand =
  | { type: 'queue'; at: Date; request: RunRequest; timeoutMs: number }
  | { type: 'claim'; at: Date; owner: string; token: number; limits: RunLimits }
  | { type: 'start'; at: Date; claim: Claim; trainRows: number; validationRows: number }
  /** `file`: its result, for whoever takes the run over. */
  | { type: 'record-trial'; at: Date; claim: Claim; trials: number; trial: Trial; file: FileReference | null }
  /** `deleted`: obsolete files that are gone. */
  | {
      type: 'keep-checkpoint';
      at: Date;
      claim: Claim;
      training: number;
      stage: Stage;
      file: FileReference;
      deleted: string[];
    }
  /** Files of a run that is over are gone. */
  | { type: 'delete-checkpoints'; at: Date; deleted: string[] }
  /** `file`: the trained model of a trial that ended well. */
  | { type: 'search'; at: Date; claim: Claim; command: RunSearchCommand; file?: FileReference }
  | { type: 'complete'; at: Date; claim: Claim; outcome: RunOutcome }
  | { type: 'hand-back'; at: Date; claim: Claim; reason: string }
  /** Its cycle asked for a later attempt. */
  | { type: 'supersede'; at: Date; attempt: number }
  /** permanent: no retry helps. external: something outside failed. lost: the training process died. */
  | {
      type: 'fail';
      at: Date;
      claim: Claim;
      cause: 'permanent' | 'external' | 'lost';
      failure: RunFailure;
      limits: RunLimits;
    };

type Command<T extends RunCommand['type']> = Extract<RunCommand, { type: T }>;

/** What follows from a command; nothing where the run is over, or the claim is not its newest. */
export function decide(run: TrainingRun | null, command: RunCommand): RunEvent[] {
  const at = command.at.toISOString();
  if (command.type === 'queue') return run ? [] : [queue(command)];
  if (!run) return [];
  if (command.type === 'claim') return claim(run, command);
  if (command.type === 'supersede') return supersede(run, command);
  if (command.type === 'delete-checkpoints') return deleteCheckpoints(run, command);
  if (!holds(run, command.claim)) return [];
  const claimed = { claim: command.claim.number };
  switch (command.type) {
    case 'start': {
      const { trainRows, validationRows } = command;
      return [{ type: 'run-started', at, data: { ...claimed, trainRows, validationRows } }];
    }
    case 'record-trial':
      return [trialCompleted(command, at)];
    case 'keep-checkpoint': {
      const { training, stage, file, deleted } = command;
      return [{ type: 'checkpoint-kept', at, data: { ...claimed, training, stage, file, deleted } }];
    }
    case 'search': {
      const advances = advance(run.search, command.command, at, command.file);
      return advances.map((each) => ({ type: 'search-advanced', at, data: { ...claimed, ...each } }));
    }
    case 'complete':
      return [{ type: 'run-completed', at, data: { ...claimed, outcome: command.outcome } }];
    case 'hand-back':
      return [{ type: 'run-handed-back', at, data: { ...claimed, reason: command.reason } }];
    case 'fail':
      return [fail(run, command)];
  }
}

function queue({ at, request, timeoutMs }: Command<'queue'>): RunEvent {
  const deadline = new Date(at.getTime() + timeoutMs).toISOString();
  return { type: 'run-queued', at: at.toISOString(), data: { request, deadline } };
}

function trialCompleted({ claim, trials, trial, file }: Command<'record-trial'>, at: string): RunEvent {
  return { type: 'trial-completed', at, data: { claim: claim.number, trials, file, ...trial } };
}

function deleteCheckpoints(run: TrainingRun, { at, deleted }: Command<'delete-checkpoints'>): RunEvent[] {
  const left = run.kept.obsolete.some(({ fileId }) => deleted.includes(fileId));
  return isOver(run) && left ? [{ type: 'checkpoints-deleted', at: at.toISOString(), data: { deleted } }] : [];
}

function supersede(run: TrainingRun, { at, attempt }: Command<'supersede'>): RunEvent[] {
  if (isOver(run) || run.request.attempt >= attempt) return [];
  return [giveUp(run, at, 'run.superseded', `attempt ${attempt} was asked for before this run ended`)];
}

function giveUp(run: TrainingRun, at: Date, code: string, message: string): RunEvent {
  return { type: 'run-failed', at: at.toISOString(), data: { code, message, claim: run.claims } };
}

/** Whoever holds the lease may claim: a run that is still running then has lost its trainer. */
function claim(run: TrainingRun, { at, owner, token, limits }: Command<'claim'>): RunEvent[] {
  if (isOver(run)) return [];
  if (run.deadline && run.deadline <= at.toISOString())
    return [giveUp(run, at, RUN_EXPIRED, `was due by ${run.deadline}`)];
  if (run.notBefore !== null && run.notBefore > at.toISOString()) return [];
  const losses = run.losses + (run.state === 'running' ? 1 : 0);
  if (losses >= limits.maxClaims) {
    const message = `the run was taken up ${losses} times, and each time its trainer was lost`;
    return [giveUp(run, at, 'run.abandoned', message)];
  }
  const number = run.claims + 1;
  return [{ type: 'run-claimed', at: at.toISOString(), data: { claim: { number, owner, token } } }];
}

function fail(run: TrainingRun, { at, claim: { number }, cause, failure, limits }: Command<'fail'>): RunEvent {
  const lost = cause === 'lost';
  const spent = lost ? run.losses + 1 >= limits.maxClaims : run.retries >= limits.maxRetries;
  const data = { claim: number, ...failure };
  if (cause === 'permanent' || spent) return { type: 'run-failed', at: at.toISOString(), data };
  const doublings = lost ? run.losses : run.retries;
  const pause = Math.min(limits.pauseMs * 2 ** doublings, limits.maxPauseMs);
  const retryAt = new Date(at.getTime() + pause).toISOString();
  return { type: 'run-interrupted', at: at.toISOString(), data: { ...data, lost, retryAt } };
}
