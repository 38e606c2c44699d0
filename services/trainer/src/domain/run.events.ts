import type { FileReference } from '@perennial/contracts';
import type { Stage } from './kept.work';
import type { SearchAdvance } from './run.search';
import type { Trial } from './trial.selection';
import type { Claim, RunFailure, RunOutcome, RunRequest } from './training.run';

/** What happened to a run; kept in training_events in this form. `at` is a UTC instant. */
export type RunEvent =
  | { type: 'run-queued'; at: string; data: { request: RunRequest; deadline: string | null } }
  | { type: 'run-claimed'; at: string; data: { claim: Claim } }
  | { type: 'run-started'; at: string; data: { claim: number; trainRows: number; validationRows: number } }
  /** `file`: its result, where further trainings follow. */
  | { type: 'trial-completed'; at: string; data: { claim: number; trials: number; file: FileReference | null } & Trial }
  /** `deleted`: files of an earlier one that are gone. */
  | {
      type: 'checkpoint-kept';
      at: string;
      data: { claim: number; training: number; stage: Stage; file: FileReference; deleted: string[] };
    }
  /** After the run was over. */
  | { type: 'checkpoints-deleted'; at: string; data: { deleted: string[] } }
  | { type: 'search-advanced'; at: string; data: { claim: number } & SearchAdvance }
  | { type: 'run-handed-back'; at: string; data: { claim: number; reason: string } }
  | { type: 'run-interrupted'; at: string; data: { claim: number; lost: boolean; retryAt: string } & RunFailure }
  | { type: 'run-completed'; at: string; data: { claim: number; outcome: RunOutcome } }
  | { type: 'run-failed'; at: string; data: RunFailure & { claim: number } };
