import type { ContrastConfig, ModelConfig } from '@perennial/tabular-models';
import type { LearntParameters, TrainingRows } from './training.request';

/** How an encoder is pretrained: by Adam at a constant rate, on two corrupted views of each row; see pretraining.graph. */
export interface PretrainingConfig extends ContrastConfig {
  readonly epochs: number;
  /** Rows; a view must be found among the 2 · batchSize − 1 others of its batch. */
  readonly batchSize: number;
  readonly learningRate: number;
  /** Of each value of a view to be replaced by one drawn from its feature's training rows, in (0, 1]. */
  readonly corruption: number;
  /** Epochs without a lower contrastive loss on the validation rows after which to stop; null: never. */
  readonly patience: number | null;
}

/** Labels are not read and may be left out (length 0). */
export interface PretrainingRequest extends TrainingRows {
  readonly model: ModelConfig;
  readonly pretraining: PretrainingConfig;
  /** Integer, of which the low 32 bits count; decides initialisation, row order and corruption. */
  readonly seed: number;
}

export interface PretrainingEpoch {
  readonly epoch: number;
  /** Mean contrastive loss over the epoch's rows. */
  readonly trainLoss: number;
  /** On the same corrupted views after each epoch; null without validation rows. */
  readonly validationLoss: number | null;
  /** Since pretraining began. */
  readonly seconds: number;
}

/**
 * The encoder's parameters; the projection head is thrown away. Its checkpoint is an `initialCheckpoint` of `train`, which
 * draws the head anew.
 */
export type PretrainingResult = LearntParameters<PretrainingEpoch>;
