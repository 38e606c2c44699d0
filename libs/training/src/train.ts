import { type ProcessOptions, trainingEntry, trainInProcess } from './training.process';
import type { TrainingProgress, TrainingRequest, TrainingResult } from './training.request';

export type TrainOptions = ProcessOptions<TrainingProgress>;

/** Trains in a process of its own, so that the caller's event loop stays free. Rejects with TrainingError. */
export async function train(request: TrainingRequest, options: TrainOptions = {}): Promise<TrainingResult> {
  return trainInProcess(trainingEntry(__dirname, 'training.child.js'), request, options);
}
