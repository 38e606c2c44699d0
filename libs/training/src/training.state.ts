import { optimizerSlots, randomStream } from '@perennial/tabular-models';
import type { OptimizerState } from './checkpoint.format';
import type { KeptRound } from './best.round';
import { type MeterReading, NOTHING_DONE } from './progress.meter';
import { startingParameters } from './starting.parameters';
import type { EpochRecord, TrainingRequest } from './training.request';

/** What a training has come to at the end of an epoch. */
export interface Outcome {
  readonly parameters: Float32Array;
  readonly optimizer: OptimizerState;
  readonly probabilities: Float32Array;
  readonly threshold: number;
}

/** Where the next step lies. */
export interface Position {
  /** From 1. */
  readonly epoch: number;
  /** Rows of this epoch that are done. */
  readonly rows: number;
  /** Over those rows. */
  readonly lossSum: number;
  /** State of the stream from which this epoch's order was or will be drawn. */
  readonly shuffle: readonly number[];
}

/** All that decides how a training goes on, beside its request. Arrays in it are never written to. */
export interface TrainingState {
  readonly parameters: Float32Array;
  readonly optimizer: OptimizerState;
  readonly position: Position;
  /** State of the stream of the next dropout mask. */
  readonly dropout: readonly number[];
  readonly history: readonly EpochRecord[];
  readonly best: KeptRound<Outcome> | null;
  readonly meter: MeterReading;
}

/** Before the first step. */
export function initialState(request: TrainingRequest): TrainingState {
  const { training } = request;
  const parameters = startingParameters(request);
  const slots = new Map(optimizerSlots(training).map((name) => [name, new Float32Array(parameters.length)]));
  return {
    parameters,
    optimizer: { slots, step: 0 },
    position: { epoch: 1, rows: 0, lossSum: 0, shuffle: randomStream(training.seed, 'shuffle').getState() },
    dropout: randomStream(training.seed, 'dropout').getState(),
    history: [],
    best: null,
    meter: NOTHING_DONE,
  };
}
