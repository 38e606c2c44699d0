import type { PretrainingConfig, PretrainingRequest, PretrainingResult } from './pretraining.request';
import { train, type TrainOptions } from './train';
import { type ProcessOptions, trainingEntry, trainInProcess } from './training.process';
import type { TrainingProgress, TrainingRequest, TrainingResult } from './training.request';

export type PretrainOptions = Omit<ProcessOptions<TrainingProgress>, 'onCheckpoint'>;

/**
 * Pretrains a model's encoder by contrast in a process of its own; progress is `train`'s, its loss the contrastive one.
 * Rejects with TrainingError.
 */
export async function pretrain(request: PretrainingRequest, options: PretrainOptions = {}): Promise<PretrainingResult> {
  return trainInProcess(trainingEntry(__dirname, 'pretraining.child.js'), request, options);
}

/** Pretrains on the rows of the request with its seed, if that is wanted, and trains what came out; seconds are of both. */
export async function pretrainAndTrain(
  request: Omit<TrainingRequest, 'initialCheckpoint'>,
  pretraining: PretrainingConfig | null,
  options: TrainOptions & { readonly onPretraining?: (progress: TrainingProgress) => void } = {},
): Promise<TrainingResult> {
  if (!pretraining) return train(request, options);
  const { model, training, train: rows, validation } = request;
  const { checkpoint, seconds } = await pretrain(
    { model, pretraining, seed: training.seed, train: rows, validation },
    { signal: options.signal, niceness: options.niceness, onProgress: options.onPretraining },
  );
  const result = await train({ ...request, initialCheckpoint: checkpoint }, options);
  return { ...result, seconds: seconds + result.seconds };
}
