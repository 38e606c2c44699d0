import {
  buildTrainingGraph,
  type DropoutSite,
  dropoutSites,
  maskBytes,
  maskInput,
  type RandomStream,
  ratesOf,
} from '@perennial/tabular-models';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { openSession } from './graph.session';
import { runSteps, type StepState } from './graph.steps';
import { MasksAhead } from './masks.ahead';
import { rowTensors } from './row.tensors';
import { emptyInputs, partOf, type StepInputs } from './step.inputs';
import { StepRows } from './step.rows';
import type { Steps } from './steps';
import type { TrainingRequest } from './training.request';

const ROWS_PER_CALL = 512;
const MAX_STEPS_PER_CALL = 16;
/** Of one call; with a second thread those of the next are there as well. */
const MAX_MASK_BYTES = 64 * 2 ** 20;

/** Many steps in one call of one graph, in this thread; a second one fills dropout masks. */
export class ScanSteps implements Steps {
  readonly batch: number;
  private readonly stepsPerCall: number;
  private readonly sites: readonly DropoutSite[];
  /** What a call reads, for every call: memory that was used before is faster than new memory. */
  private readonly inputs: StepInputs;
  private readonly masks: MasksAhead;

  private constructor(
    private readonly request: TrainingRequest,
    random: RandomStream,
    threads: number,
    private readonly rows: StepRows,
    private readonly session: InferenceSession,
  ) {
    this.batch = rows.batch;
    this.sites = dropoutSites(request.model, this.batch);
    const byRows = Math.floor(ROWS_PER_CALL / this.batch);
    const byMask = Math.floor(MAX_MASK_BYTES / Math.max(1, maskBytes(this.sites)));
    this.stepsPerCall = Math.max(1, Math.min(MAX_STEPS_PER_CALL, byRows, byMask));
    this.inputs = emptyInputs(request.model, this.rowsPerCall);
    this.masks = new MasksAhead(this.sites, this.stepsPerCall, random, threads);
  }

  /** `random`: of the dropout masks. */
  static async open(request: TrainingRequest, random: RandomStream, threads: number): Promise<ScanSteps> {
    const rows = new StepRows(request);
    const session = await openSession(buildTrainingGraph(request.model, request.training, rows.batch));
    return new ScanSteps(request, random, threads, rows, session);
  }

  get rowsPerCall(): number {
    return this.batch * this.stepsPerCall;
  }

  async run(state: StepState, order: Uint32Array): Promise<StepState & { readonly losses: Float32Array }> {
    const masks = await this.masks.next(Math.ceil(order.length / this.batch));
    return runSteps(this.session, state, this.feeds(order, masks, state.optimizer.step + 1));
  }

  close(): Promise<void> {
    return this.masks.close();
  }

  /** The sequences of one call: rows, targets, dropout masks and rates of each step. */
  private feeds(order: Uint32Array, masks: readonly Uint8Array[], firstStep: number): Record<string, Tensor> {
    const steps = Math.ceil(order.length / this.batch);
    this.rows.write(order, this.inputs);
    const width = ratesOf(this.request.training);
    const rates = new Float32Array(steps * width);
    for (let step = 0; step < steps; step++) rates.set(this.rows.ratesAt(firstStep + step), step * width);
    const masksOf = (site: DropoutSite, at: number) =>
      new Tensor('uint8', masks[at] as Uint8Array, [steps, ...site.shape]);
    return {
      ...rowTensors(partOf(this.inputs, this.rowsPerCall, 0, steps * this.batch), [steps, this.batch]),
      ...Object.fromEntries(this.sites.map((site, at) => [maskInput(site), masksOf(site, at)])),
      rates: new Tensor('float32', rates, [steps, width]),
    };
  }
}
