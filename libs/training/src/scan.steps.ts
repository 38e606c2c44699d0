import { sizeOf } from '@perennial/onnx-graph';
import {
  buildTrainingGraph,
  type DropoutSite,
  dropoutSites,
  drawMaskSeed,
  fillDropoutMask,
  maskBytes,
  maskInput,
  type RandomStream,
  ratesOf,
} from '@perennial/tabular-models';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { openSession } from './graph.session';
import { runSteps, type StepState } from './graph.steps';
import { rowTensors } from './row.tensors';
import { emptyInputs, partOf, type StepInputs } from './step.inputs';
import { StepRows } from './step.rows';
import type { Steps } from './steps';
import type { TrainingRequest } from './training.request';

const ROWS_PER_CALL = 512;
const MAX_STEPS_PER_CALL = 16;
const MAX_MASK_BYTES = 64 * 2 ** 20;

/** Many steps in one call of one graph, in this thread. */
export class ScanSteps implements Steps {
  readonly batch: number;
  private readonly stepsPerCall: number;
  private readonly sites: readonly DropoutSite[];
  /** What a call reads, for every call: memory that was used before is faster than new memory. */
  private readonly inputs: StepInputs;
  private readonly masks: readonly Uint8Array[];

  private constructor(
    private readonly request: TrainingRequest,
    /** Of the dropout masks. */
    private readonly random: RandomStream,
    private readonly rows: StepRows,
    private readonly session: InferenceSession,
  ) {
    this.batch = rows.batch;
    this.sites = dropoutSites(request.model, this.batch);
    const byRows = Math.floor(ROWS_PER_CALL / this.batch);
    const byMask = Math.floor(MAX_MASK_BYTES / Math.max(1, maskBytes(this.sites)));
    this.stepsPerCall = Math.max(1, Math.min(MAX_STEPS_PER_CALL, byRows, byMask));
    this.inputs = emptyInputs(request.model, this.rowsPerCall);
    this.masks = this.sites.map(({ shape }) => new Uint8Array(this.stepsPerCall * sizeOf(shape)));
  }

  static async open(request: TrainingRequest, random: RandomStream): Promise<ScanSteps> {
    const rows = new StepRows(request);
    const session = await openSession(buildTrainingGraph(request.model, request.training, rows.batch));
    return new ScanSteps(request, random, rows, session);
  }

  get rowsPerCall(): number {
    return this.batch * this.stepsPerCall;
  }

  run(state: StepState, order: Uint32Array): Promise<StepState & { readonly losses: Float32Array }> {
    return runSteps(this.session, state, this.feeds(order, state.optimizer.step + 1));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** The sequences of one call: rows, targets, dropout masks and rates of each step. */
  private feeds(order: Uint32Array, firstStep: number): Record<string, Tensor> {
    const steps = Math.ceil(order.length / this.batch);
    this.rows.write(order, this.inputs);
    const width = ratesOf(this.request.training);
    const rates = new Float32Array(steps * width);
    for (let step = 0; step < steps; step++) {
      this.fillMasks(step);
      rates.set(this.rows.ratesAt(firstStep + step), step * width);
    }
    const masks = this.sites.map((site, at) => {
      const mask = this.masks[at]?.subarray(0, steps * sizeOf(site.shape)) as Uint8Array;
      return [maskInput(site), new Tensor('uint8', mask, [steps, ...site.shape])] as const;
    });
    return {
      ...rowTensors(partOf(this.inputs, this.rowsPerCall, 0, steps * this.batch), [steps, this.batch]),
      ...Object.fromEntries(masks),
      rates: new Tensor('float32', rates, [steps, width]),
    };
  }

  private fillMasks(step: number): void {
    for (const [at, { shape, probability }] of this.sites.entries()) {
      const size = sizeOf(shape);
      const mask = (this.masks[at] as Uint8Array).subarray(step * size, (step + 1) * size);
      fillDropoutMask(mask, probability, drawMaskSeed(this.random));
    }
  }
}
