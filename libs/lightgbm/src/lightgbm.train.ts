import { resolve } from 'node:path';
import { type TrainOptions, trainInProcess } from '@perennial/training';
import type { LightGbmRequest, LightGbmResult } from './lightgbm.request';

// The same file from src (tests) and from dist: a process needs compiled code.
const ENTRY = resolve(__dirname, '../dist/lightgbm.child.js');

/**
 * Trains in a process of its own, the only one that loads the native library. Progress counts iterations, both as epochs
 * and as steps. Rejects with TrainingError.
 */
export function trainLightGbm(request: LightGbmRequest, options: TrainOptions = {}): Promise<LightGbmResult> {
  return trainInProcess(ENTRY, request, options);
}
