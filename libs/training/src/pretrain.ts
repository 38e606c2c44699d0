import type { PretrainingConfig, PretrainingRequest, PretrainingResult } from './pretraining.request';
import { train, type TrainOptions } from './train';
import { type ProcessOptions, trainingEntry, trainInProcess } from './training.process';
import type { TrainingProgress, TrainingRequest, TrainingResult, TrainingRows } from './training.request';

export type PretrainOptions = Omit<ProcessOptions<TrainingProgress>, 'onCheckpoint'>;

/**
 * Pretrains a model's encoder by contrast in a process of its own; progress is `train`'s, its loss the contrastive one.
 * Rejects with TrainingError.
 */
export async function pretrain(request: PretrainingRequest, options: PretrainOptions = {}): Promise<PretrainingResult> {
  return trainInProcess(trainingEntry(__dirname, 'pretraining.child.js'), request, options);
}

export interface PretrainedRequest extends Omit<TrainingRequest, 'initialCheckpoint'> {
  /** Instead of the request's rows, such as those and others without labels. */
  readonly pretrainingRows?: TrainingRows;
  /** What `onPretrained` took of the very same request: it is not pretrained again. */
  readonly encoder?: Uint8Array;
}

export interface PretrainedOptions extends TrainOptions {
  readonly onPretraining?: (progress: TrainingProgress) => void;
  /** Takes the pretrained encoder before it is trained on. */
  readonly onPretrained?: (encoder: Uint8Array) => void;
}

/** Pretrains with the seed of the request, if that is wanted, and trains what came out; seconds are of both. */
export async function pretrainAndTrain(
  { pretrainingRows, encoder, ...request }: PretrainedRequest,
  pretraining: PretrainingConfig | null,
  { onPretraining, onPretrained, ...options }: PretrainedOptions = {},
): Promise<TrainingResult> {
  if (!pretraining) return train(request, options);
  if (encoder) return train({ ...request, initialCheckpoint: encoder }, options);
  const { model, training } = request;
  const { train: rows, validation } = pretrainingRows ?? request;
  const { checkpoint, seconds } = await pretrain(
    { model, pretraining, seed: training.seed, train: rows, validation },
    { signal: options.signal, niceness: options.niceness, onProgress: onPretraining },
  );
  onPretrained?.(checkpoint);
  const result = await train({ ...request, initialCheckpoint: checkpoint }, options);
  return { ...result, seconds: seconds + result.seconds };
}
