import { resolve } from 'node:path';
import { type ProcessOptions, trainInProcess } from './training.process';
import type { TrainingProgress, TrainingRequest, TrainingResult } from './training.request';

export type TrainOptions = ProcessOptions<TrainingProgress>;

// The same file from src (tests) and from dist: a process needs compiled code.
const ENTRY = resolve(__dirname, '../dist/training.child.js');

/** Trains in a process of its own, so that the caller's event loop stays free. Rejects with TrainingError. */
export function train(request: TrainingRequest, options: TrainOptions = {}): Promise<TrainingResult> {
  return trainInProcess(ENTRY, request, options);
}
