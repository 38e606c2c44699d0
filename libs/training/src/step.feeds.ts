import { sizeOf } from '@perennial/onnx-graph';
import {
  CLASSES,
  type DropoutSite,
  dropoutSites,
  fillDropoutMask,
  maskBytes,
  maskInput,
  optimizerRates,
  type RandomStream,
  rateAt,
  ratesOf,
  resolveClassWeights,
  writeWeightedTargets,
} from '@perennial/tabular-models';
import { Tensor } from 'onnxruntime-node';
import type { EncodedRows, TrainingConfig, TrainingRequest } from './training.request';

const ROWS_PER_CALL = 512;
const MAX_STEPS_PER_CALL = 16;
const MAX_MASK_BYTES = 64 * 2 ** 20;

/** Rows of a step: no more than there are. */
export const batchOf = ({ batchSize }: TrainingConfig, { rows }: EncodedRows): number => Math.min(batchSize, rows);

/** Fills the sequences of one call of the training graph: rows, targets, dropout masks and rates of each step. */
export class StepFeeds {
  readonly batch: number;
  readonly stepsPerCall: number;
  /** Of the whole training. */
  private readonly steps: number;
  private readonly sites: readonly DropoutSite[];
  private readonly weights: readonly [number, number];

  constructor(
    private readonly request: TrainingRequest,
    /** Of the dropout masks. */
    private readonly random: RandomStream,
  ) {
    const { model, training, train } = request;
    this.batch = batchOf(training, train);
    this.sites = dropoutSites(model, this.batch);
    this.steps = training.epochs * Math.ceil(train.rows / this.batch);
    this.weights = resolveClassWeights(train.labels, training.classWeights);
    const byRows = Math.floor(ROWS_PER_CALL / this.batch);
    const byMask = Math.floor(MAX_MASK_BYTES / Math.max(1, maskBytes(this.sites)));
    this.stepsPerCall = Math.max(1, Math.min(MAX_STEPS_PER_CALL, byRows, byMask));
  }

  /** The batches of `order`, the last of which may be short; `firstStep` counts from 1 over the whole training. */
  fill(order: Uint32Array, firstStep: number): Record<string, Tensor> {
    const { categorical, numeric } = this.request.model;
    const steps = Math.ceil(order.length / this.batch);
    const targets = new Float32Array(steps * this.batch * CLASSES);
    const codes = new Int32Array(steps * this.batch * categorical.length);
    const numbers = new Float32Array(steps * this.batch * numeric.length);
    const masks = this.sites.map(({ shape }) => new Uint8Array(steps * sizeOf(shape)));
    const width = ratesOf(this.request.training);
    const rates = new Float32Array(steps * width);
    copyRows(this.request.train.categorical, codes, order, categorical.length);
    copyRows(this.request.train.numeric, numbers, order, numeric.length);
    for (let step = 0; step < steps; step++) {
      this.fillTargets(targets, order, step);
      this.fillMasks(masks, step);
      rates.set(this.ratesAt(firstStep + step), step * width);
    }
    return {
      ...(codes.length > 0 ? { categorical: new Tensor('int32', codes, [steps, this.batch, categorical.length]) } : {}),
      ...(numbers.length > 0 ? { numeric: new Tensor('float32', numbers, [steps, this.batch, numeric.length]) } : {}),
      targets: new Tensor('float32', targets, [steps, this.batch, CLASSES]),
      ...Object.fromEntries(
        this.sites.map((site, at) => [
          maskInput(site),
          new Tensor('uint8', masks[at] as Uint8Array, [steps, ...site.shape]),
        ]),
      ),
      rates: new Tensor('float32', rates, [steps, width]),
    };
  }

  private ratesAt(step: number): number[] {
    const { training } = this.request;
    return optimizerRates(training, rateAt(training, step, this.steps), step);
  }

  private fillMasks(masks: readonly Uint8Array[], step: number): void {
    for (const [at, { shape, probability }] of this.sites.entries()) {
      const size = sizeOf(shape);
      fillDropoutMask((masks[at] as Uint8Array).subarray(step * size, (step + 1) * size), probability, this.random);
    }
  }

  private fillTargets(targets: Float32Array, order: Uint32Array, step: number): void {
    const rows = order.subarray(step * this.batch, (step + 1) * this.batch);
    const labels = Array.from(rows, (row) => this.request.train.labels[row] as number);
    const width = this.batch * CLASSES;
    writeWeightedTargets(targets.subarray(step * width, (step + 1) * width), labels, this.weights);
  }
}

/** Rows past `order` stay 0: padding. */
function copyRows<T extends Int32Array | Float32Array>(from: T, to: T, order: Uint32Array, width: number): void {
  if (width === 0) return;
  order.forEach((row, index) => to.set(from.subarray(row * width, (row + 1) * width), index * width));
}
