import {
  optimizerRates,
  type OptimizerConfig,
  randomStream,
  type RandomStream,
  ratesOf,
  writeCorrupted,
} from '@perennial/tabular-models';
import { Tensor } from 'onnxruntime-node';
import type { PretrainingRequest } from './pretraining.request';
import { rowTensors } from './row.tensors';
import type { EncodedRows } from './training.request';

const VIEWS_PER_CALL = 1024;
const MAX_STEPS_PER_CALL = 16;

/** The documented optimiser. */
export const ADAM: OptimizerConfig = { optimizer: 'adam', momentum: 0, weightDecay: 0, clipNorm: null };

/** Fills the sequences of one call of the pretraining graph: two corrupted views of each row, their weights, rates. */
export class ViewFeeds {
  readonly batch: number;
  readonly stepsPerCall: number;
  private readonly corruption: RandomStream;

  constructor(private readonly request: PretrainingRequest) {
    const { pretraining, train, seed } = request;
    this.batch = Math.min(pretraining.batchSize, train.rows);
    const byViews = Math.floor(VIEWS_PER_CALL / (2 * this.batch));
    this.stepsPerCall = Math.max(1, Math.min(MAX_STEPS_PER_CALL, byViews));
    this.corruption = randomStream(seed, 'corruption');
  }

  /** The batches of `order`, the last of which may be short; `firstStep` counts from 1 over the whole training. */
  fill(order: Uint32Array, firstStep: number): Record<string, Tensor> {
    const steps = Math.ceil(order.length / this.batch);
    const rate = (_: unknown, step: number) =>
      optimizerRates(ADAM, this.request.pretraining.learningRate, firstStep + step);
    const rates = Float32Array.from(Array.from({ length: steps }, rate).flat());
    return {
      ...this.views(this.request.train, order, this.corruption, [steps]),
      rates: new Tensor('float32', rates, [steps, ratesOf(ADAM)]),
    };
  }

  /** The validation rows batch by batch, corrupted in the same way each time. */
  *validation(): Generator<{ readonly rows: number; readonly feeds: Record<string, Tensor> }> {
    const { validation, seed } = this.request;
    const corruption = randomStream(seed, 'corruption of validation rows');
    const order = Uint32Array.from({ length: validation.rows }, (_, row) => row);
    for (let start = 0; start < order.length; start += this.batch) {
      const part = order.subarray(start, start + this.batch);
      yield { rows: part.length, feeds: this.views(validation, part, corruption, []) };
    }
  }

  private views(rows: EncodedRows, order: Uint32Array, random: RandomStream, outer: readonly number[]) {
    const { model } = this.request;
    const views = 2 * this.batch;
    const categorical = this.pairs(rows, 'categorical', model.categorical.length, order, random);
    const numeric = this.pairs(rows, 'numeric', model.numeric.length, order, random);
    return {
      ...rowTensors({ categorical, numeric }, [...outer, views]),
      weights: new Tensor('float32', this.weights(order.length), [...outer, views]),
    };
  }

  /** Of each batch the first views of its rows, then the second ones; views past `order` stay 0: padding. */
  private pairs<Matrix extends 'categorical' | 'numeric'>(
    from: EncodedRows,
    matrix: Matrix,
    width: number,
    order: Uint32Array,
    random: RandomStream,
  ): EncodedRows[Matrix] {
    const { train, pretraining } = this.request;
    const { batch } = this;
    const size = Math.ceil(order.length / batch) * 2 * batch * width;
    const to = (matrix === 'categorical' ? new Int32Array(size) : new Float32Array(size)) as EncodedRows[Matrix];
    const marginals = { values: train[matrix], rows: train.rows, corruption: pretraining.corruption, random };
    if (width === 0) return to;
    for (let start = 0; start < order.length; start += batch) {
      const part = order.subarray(start, start + batch);
      for (const view of [2 * start, 2 * start + batch]) {
        writeCorrupted<Int32Array | Float32Array>(from[matrix], to.subarray(view * width), width, part, marginals);
      }
    }
    return to;
  }

  /** 1 over the views of its batch for each real one. */
  private weights(rows: number): Float32Array {
    const { batch } = this;
    const weights = new Float32Array(Math.ceil(rows / batch) * 2 * batch);
    for (let start = 0; start < rows; start += batch) {
      const real = Math.min(batch, rows - start);
      for (const view of [2 * start, 2 * start + batch]) weights.fill(1 / (2 * real), view, view + real);
    }
    return weights;
  }
}
