import { type ProcessOptions, trainingEntry, trainInProcess } from './training.process';
import type { TrainingProgress, TrainingRequest, TrainingResult } from './training.request';

export type TrainOptions = ProcessOptions<TrainingProgress>;

const CHECKPOINT_SECONDS = 30;

/** Trains in a process of its own, so that the caller's event loop stays free. Rejects with TrainingError. */
export async function train(request: TrainingRequest, options: TrainOptions = {}): Promise<TrainingResult> {
  const checkpointSeconds = options.onCheckpoint && (request.checkpointSeconds ?? CHECKPOINT_SECONDS);
  const entry = trainingEntry(__dirname, 'training.child.js');
  return trainInProcess(entry, { ...request, checkpointSeconds }, options);
}
