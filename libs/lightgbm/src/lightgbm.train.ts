import { type TrainOptions, trainingEntry, trainInProcess } from '@perennial/training';
import type { LightGbmRequest, LightGbmResult } from './lightgbm.request';

/**
 * Trains in a process of its own, the only one that loads the native library. Progress counts iterations, both as epochs
 * and as steps. Rejects with TrainingError.
 */
export async function trainLightGbm(request: LightGbmRequest, options: TrainOptions = {}): Promise<LightGbmResult> {
  return trainInProcess(trainingEntry(__dirname, 'lightgbm.child.js'), request, options);
}
