import type { TrainingErrorCode } from './training.error';

/** What the training process says to its parent; the other way goes the request only, see request.transfer.ts. */
export type TrainingMessage<Progress, Result> =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'checkpoint'; readonly checkpoint: Uint8Array }
  | { readonly kind: 'result'; readonly result: Result }
  | {
      readonly kind: 'error';
      /** Absent for an error this library does not know. */
      readonly code?: TrainingErrorCode;
      readonly message: string;
      readonly details: Record<string, unknown>;
      readonly stack?: string;
    };
