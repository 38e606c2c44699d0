import type { TrainingConfig, TrainingRows } from '@perennial/training';
import type { LibraryPlace } from './library.location';
import type { LightGbmConfig } from './lightgbm.config';
import type { LibraryIdentity } from './native.library';

export interface LightGbmRequest extends TrainingRows {
  readonly model: LightGbmConfig;
  /** Of the seed the low 31 bits count; it decides which rows and features are drawn. */
  readonly training: Pick<TrainingConfig, 'classWeights' | 'seed'>;
  /** Grows numIterations more trees behind those of this checkpoint, on what they leave to explain. */
  readonly initialCheckpoint?: Uint8Array;
  readonly library: LibraryPlace;
}

export interface IterationRecord {
  readonly iteration: number;
  /** Log loss, each row weighted as in training; the validation one decides on early stopping, null without such rows. */
  readonly trainLoss: number;
  readonly validationLoss: number | null;
  /** Since training began. */
  readonly seconds: number;
}

export interface LightGbmResult {
  /** LightGBM's own format, up to the best iteration; trees of the initial checkpoint come first. */
  readonly modelText: string;
  /** The same trees, to grow on from. */
  readonly checkpoint: Uint8Array;
  /** Of this training; 0 where no further tree could gain anything. */
  readonly bestIteration: number;
  readonly history: readonly IterationRecord[];
  /** P(positive) of each validation row by the kept trees, as LightGBM computes it. */
  readonly validationProbabilities: Float32Array;
  /** Of the validation rows, each counting the same; null without them. */
  readonly validationLogLoss: number | null;
  readonly validationRocAuc: number | null;
  readonly validationF1: number | null;
  readonly decisionThreshold: number;
  readonly library: LibraryIdentity;
  readonly seconds: number;
  /** Training rows times iterations a second. */
  readonly rowsPerSecond: number;
}
