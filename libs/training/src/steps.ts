import type { StepState } from './graph.steps';

/** How the steps of a training are computed. */
export interface Steps {
  /** Rows of a step. */
  readonly batch: number;
  /** Rows of a call: some whole batches. */
  readonly rowsPerCall: number;
  /** The batches of `order`, the last of which may be short: the state after them, in new vectors, and each one's loss. */
  run(state: StepState, order: Uint32Array): Promise<StepState & { readonly losses: Float32Array }>;
  close(): Promise<void>;
}
