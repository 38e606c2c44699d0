import type { EpochRecord } from '@perennial/training';
import type { EstimatorConfig } from './estimator.config';

/** A trained model of any kind, with how it was trained. */
export interface FittedEstimator {
  readonly model: EstimatorConfig;
  /** All that its probabilities depend on; training goes on from it. In the format of its kind. */
  readonly checkpoint: Uint8Array;
  /**
   * One per epoch or, for trees, iteration. Trees are measured by log loss only, each row weighted as in training, on the
   * validation rows as well.
   */
  readonly history: readonly EpochRecord[];
  /** The epoch or iteration that was kept. */
  readonly round: number;
  /** What was kept, on the validation rows, each counting the same; F1 at the tuned threshold. Null without such rows. */
  readonly validation: ValidationScores;
  /** P(positive) of each validation row. */
  readonly validationProbabilities: Float32Array;
  /** Tuned for F1 on these; 0.5 without them. */
  readonly decisionThreshold: number;
  readonly seconds: number;
  /** Training rows times epochs or iterations a second. */
  readonly rowsPerSecond: number;
}

export interface ValidationScores {
  readonly logLoss: number | null;
  readonly rocAuc: number | null;
  readonly f1: number | null;
}
