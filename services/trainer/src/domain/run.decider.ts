import type { FileReference } from '@perennial/contracts';
import type { Stage } from './kept.work';
import { type ClaimAttempt, claimOf, type FailureCause, lossesOf, retryAfter, type WorkLimits } from './queued.work';
import type { RunEvent } from './run.events';
import { advance, type RunSearchCommand, type SearchAdvance } from './run.search';
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

export type RunLimits = WorkLimits;

/** The run was not over by its deadline. */
export const RUN_EXPIRED = 'run.expired';

export type RunCommand =
  | { type: 'queue'; at: Date; request: RunRequest; timeoutMs: number }
  | ({ type: 'claim' } & ClaimAttempt)
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
  /** From now on the run is searching, and held by nobody. */
  | { type: 'begin-search'; at: Date; claim: Claim; command: Extract<RunSearchCommand, { type: 'start' }> }
  /** A trial is over. `model`: where it ended well. */
  | {
      type: 'trial-over';
      at: Date;
      outcome: Extract<RunSearchCommand, { type: 'score' | 'fail' }>;
      model: FileReference | null;
    }
  | { type: 'complete'; at: Date; claim: Claim; outcome: RunOutcome }
  | { type: 'hand-back'; at: Date; claim: Claim; reason: string }
  /** Its cycle asked for a later attempt. */
  | { type: 'supersede'; at: Date; attempt: number }
  | { type: 'fail'; at: Date; claim: Claim; cause: FailureCause; failure: RunFailure; limits: RunLimits };

type Command<T extends RunCommand['type']> = Extract<RunCommand, { type: T }>;

/** What follows from a command; nothing where the run is over, or the claim is not its newest. */
export function decide(run: TrainingRun | null, command: RunCommand): RunEvent[] {
  const at = command.at.toISOString();
  if (command.type === 'queue') return run ? [] : [queue(command)];
  if (!run) return [];
  if (command.type === 'claim') return claim(run, command);
  if (command.type === 'supersede') return supersede(run, command);
  if (command.type === 'delete-checkpoints') return deleteCheckpoints(run, command);
  if (command.type === 'trial-over') return run.state === 'searching' ? advanced(run, command) : [];
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
    case 'begin-search':
      return advance(run.search, command.command, at).map((data) => searchAdvanced(run, at, data));
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
const searchAdvanced = ({ claims }: TrainingRun, at: string, data: SearchAdvance): RunEvent => ({
  ...{ type: 'search-advanced', at },
  data: { claim: claims, ...data },
});

function advanced(run: TrainingRun, { at, outcome, model }: Command<'trial-over'>): RunEvent[] {
  const moment = at.toISOString();
  return advance(run.search, outcome, moment, model).map((data) => searchAdvanced(run, moment, data));
}

function supersede(run: TrainingRun, { at, attempt }: Command<'supersede'>): RunEvent[] {
  if (isOver(run) || run.request.attempt >= attempt) return [];
  return [giveUp(run, at, 'run.superseded', `attempt ${attempt} was asked for before this run ended`)];
}

function giveUp(run: TrainingRun, at: Date, code: string, message: string): RunEvent {
  return { type: 'run-failed', at: at.toISOString(), data: { code, message, claim: run.claims } };
}

/** Whoever holds the lease may claim: a run that is still running then has lost its trainer. One that searches only ends. */
function claim(run: TrainingRun, command: Command<'claim'>): RunEvent[] {
  if (isOver(run)) return [];
  const attempt = claimOf(run, command);
  const refused = 'refused' in attempt ? attempt.refused : null;
  if (refused === 'expired') return [giveUp(run, command.at, RUN_EXPIRED, `was due by ${run.deadline}`)];
  if (run.state === 'searching') return [];
  if (refused === 'lost') {
    const message = `the run was taken up ${lossesOf(run)} times, and each time its trainer was lost`;
    return [giveUp(run, command.at, 'run.abandoned', message)];
  }
  return 'claim' in attempt ? [{ type: 'run-claimed', at: command.at.toISOString(), data: attempt }] : [];
}

function fail(run: TrainingRun, { at, claim: { number }, cause, failure, limits }: Command<'fail'>): RunEvent {
  const retryAt = retryAfter(run, at, cause, limits);
  const data = { claim: number, ...failure };
  if (retryAt === null) return { type: 'run-failed', at: at.toISOString(), data };
  return { type: 'run-interrupted', at: at.toISOString(), data: { ...data, lost: cause === 'lost', retryAt } };
}
