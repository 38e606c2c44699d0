import { CLASSES, optimizerRates, rateAt, resolveClassWeights, writeWeightedTargets } from '@perennial/tabular-models';
import type { StepInputs } from './step.inputs';
import type { EncodedRows, TrainingConfig, TrainingRequest } from './training.request';

/** Rows of a step: no more than there are. */
export const batchOf = ({ batchSize }: TrainingConfig, { rows }: EncodedRows): number => Math.min(batchSize, rows);

/** Gathers the rows of steps, and knows each step's rates. */
export class StepRows {
  readonly batch: number;
  /** Of the whole training. */
  private readonly steps: number;
  private readonly weights: readonly [number, number];

  constructor(private readonly request: TrainingRequest) {
    const { training, train } = request;
    this.batch = batchOf(training, train);
    this.steps = training.epochs * Math.ceil(train.rows / this.batch);
    this.weights = resolveClassWeights(train.labels, training.classWeights);
  }

  /** The batches of `order`, the last of which may be short: rows past it become 0. */
  write(order: Uint32Array, inputs: StepInputs): void {
    const { model, train } = this.request;
    copyRows(train.categorical, inputs.categorical, order, model.categorical.length);
    copyRows(train.numeric, inputs.numeric, order, model.numeric.length);
    for (let start = 0; start < order.length; start += this.batch) {
      const labels = Array.from(order.subarray(start, start + this.batch), (row) => train.labels[row] as number);
      const targets = inputs.targets.subarray(start * CLASSES, (start + this.batch) * CLASSES);
      writeWeightedTargets(targets, labels, this.weights);
    }
  }

  /** `step` counts from 1 over the whole training. */
  ratesAt(step: number): number[] {
    const { training } = this.request;
    return optimizerRates(training, rateAt(training, step, this.steps), step);
  }
}

function copyRows<T extends Int32Array | Float32Array>(from: T, to: T, order: Uint32Array, width: number): void {
  if (width === 0) return;
  order.forEach((row, index) => to.set(from.subarray(row * width, (row + 1) * width), index * width));
  to.fill(0, order.length * width);
}
