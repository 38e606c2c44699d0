import type { ClassWeights, ModelConfig, OptimizerConfig, ScheduleConfig } from '@perennial/tabular-models';

/** Encoded rows, row after row; both matrices in the feature order of the model's config. */
export interface EncodedRows {
  readonly rows: number;
  /** Category codes [rows × categorical features]; 0 is unknown. */
  readonly categorical: Int32Array;
  /** Scaled numbers [rows × numeric features]. */
  readonly numeric: Float32Array;
  /** 1 positive, 0 negative. */
  readonly labels: Int32Array;
}

/** What any kind of model is trained on. */
export interface TrainingRows {
  readonly train: EncodedRows;
  /** May have no rows; then nothing is tuned and the decision threshold is 0.5. */
  readonly validation: EncodedRows;
}

/** Training ends when the metric has not been better on the validation rows for so many epochs. */
export interface EarlyStopping {
  readonly metric: 'logLoss' | 'rocAuc' | 'f1';
  /** Epochs. */
  readonly patience: number;
}

export interface TrainingConfig extends OptimizerConfig, ScheduleConfig {
  readonly epochs: number;
  readonly batchSize: number;
  readonly classWeights: ClassWeights;
  /** Integer, of which the low 32 bits count; decides initialisation, row order and dropout. */
  readonly seed: number;
  /** With it the result is that of the best epoch; null: of the last. Without validation rows nothing is compared. */
  readonly earlyStopping: EarlyStopping | null;
}

export interface TrainingRequest extends TrainingRows {
  readonly model: ModelConfig;
  readonly training: TrainingConfig;
  /**
   * Fine-tunes this checkpoint's parameters, with a fresh optimiser, instead of starting anew. Of a pretrained encoder
   * (see `pretrain`) its parameters are taken, and the head is drawn anew.
   */
  readonly initialCheckpoint?: Uint8Array;
  /** Goes on where this resume checkpoint of the very same request was made. */
  readonly resumeFrom?: Uint8Array;
  /** Between resume checkpoints, which are also made at the end of each epoch; 30 unless given. */
  readonly checkpointSeconds?: number;
  /** At most so many compute a step of a large batch; they do not change the result. As many as processors unless given. */
  readonly threads?: number;
}

export interface TrainingProgress {
  readonly epoch: number;
  readonly epochs: number;
  /** Over the whole training. */
  readonly step: number;
  readonly steps: number;
  /** Mean training loss since the last report. */
  readonly loss: number;
  readonly rowsPerSecond: number;
  readonly secondsLeft: number;
}

export interface EpochRecord {
  readonly epoch: number;
  /** Mean over the epoch's rows of the weighted cross entropy under dropout. */
  readonly trainLoss: number;
  /** The following are null without validation rows (rocAuc also where only one class occurs). */
  readonly validationLogLoss: number | null;
  readonly validationRocAuc: number | null;
  /** At the threshold tuned on this epoch's probabilities. */
  readonly validationF1: number | null;
  /** Since training began. */
  readonly seconds: number;
}

export interface NamedParameter {
  readonly name: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly size: number;
}

/** What parameters were learnt, and at which cost. */
export interface LearntParameters<Epoch> {
  readonly parameters: Float32Array;
  readonly layout: readonly NamedParameter[];
  readonly checkpoint: Uint8Array;
  readonly history: readonly Epoch[];
  /** Whose parameters these are: the last, or the best where training may end early. */
  readonly epoch: number;
  readonly steps: number;
  readonly seconds: number;
  /** Training rows a second, validation left out. */
  readonly rowsPerSecond: number;
}

/** Its checkpoint: see checkpoint.format.ts. */
export interface TrainingResult extends LearntParameters<EpochRecord> {
  /** P(positive) of each validation row after that epoch. */
  readonly validationProbabilities: Float32Array;
  readonly decisionThreshold: number;
}
