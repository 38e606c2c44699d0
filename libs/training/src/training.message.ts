import type { TrainingErrorCode } from './training.error';
import type { TrainingProgress, TrainingResult } from './training.request';

/** What the training process says to its parent; the other way goes the request only, see request.transfer.ts. */
export type TrainingMessage =
  | { readonly kind: 'progress'; readonly progress: TrainingProgress }
  | { readonly kind: 'result'; readonly result: TrainingResult }
  | {
      readonly kind: 'error';
      /** Absent for an error this library does not know. */
      readonly code?: TrainingErrorCode;
      readonly message: string;
      readonly details: Record<string, unknown>;
      readonly stack?: string;
    };
