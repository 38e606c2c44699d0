import {
  buildContrastGraph,
  buildPretrainingGraph,
  encoderLayout,
  initialiseParameters,
  optimizerSlots,
  permutation,
  pretrainingLayout,
  randomStream,
} from '@perennial/tabular-models';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { BestRound } from './best.round';
import { encodeEncoder, encoderParameters } from './encoder.checkpoint';
import { openSession } from './graph.session';
import { runSteps, type StepState, sumOverRows } from './graph.steps';
import { type MeterOptions, ProgressMeter } from './progress.meter';
import { checkPretraining } from './pretraining.check';
import type { PretrainingEpoch, PretrainingRequest, PretrainingResult } from './pretraining.request';
import { TrainingError } from './training.error';
import { ADAM, ViewFeeds } from './view.feeds';

/** Pretrains in this thread; `pretrain` runs it in a process of its own. Throws TrainingError. */
export async function runPretraining(request: PretrainingRequest, options: MeterOptions): Promise<PretrainingResult> {
  checkPretraining(request);
  const run = await PretrainingRun.open(request, options);
  while (!run.isOver) await run.epoch();
  return run.result();
}

class PretrainingRun {
  private readonly history: PretrainingEpoch[] = [];
  private readonly shuffle;
  private readonly meter: ProgressMeter;
  private readonly best: BestRound<Float32Array>;

  private constructor(
    private readonly request: PretrainingRequest,
    private readonly feeds: ViewFeeds,
    private readonly session: InferenceSession,
    private readonly measure: InferenceSession,
    private state: StepState,
    options: MeterOptions,
  ) {
    const { pretraining, train, seed } = request;
    this.shuffle = randomStream(seed, 'shuffle');
    this.best = new BestRound(pretraining.patience);
    this.meter = new ProgressMeter(pretraining.epochs, train.rows, feeds.batch, options);
  }

  static async open(request: PretrainingRequest, options: MeterOptions): Promise<PretrainingRun> {
    const { model, pretraining, seed } = request;
    const layout = pretrainingLayout(model, pretraining);
    const slots = new Map(optimizerSlots(ADAM).map((name) => [name, new Float32Array(layout.size)]));
    const state = { parameters: initialiseParameters(layout, seed), optimizer: { slots, step: 0 } };
    const feeds = new ViewFeeds(request);
    const session = await openSession(buildPretrainingGraph(model, pretraining, ADAM, feeds.batch));
    const measure = await openSession(buildContrastGraph(model, pretraining, feeds.batch));
    return new PretrainingRun(request, feeds, session, measure, state, options);
  }

  /** Whether the last epoch is over or early stopping has had enough. */
  get isOver(): boolean {
    return this.history.length >= this.request.pretraining.epochs || this.best.isOver(this.history.length);
  }

  async epoch(): Promise<void> {
    const epoch = this.history.length + 1;
    const { rows } = this.request.train;
    const order = permutation(this.shuffle, rows);
    const rowsPerCall = this.feeds.batch * this.feeds.stepsPerCall;
    let lossSum = 0;
    for (let start = 0; start < rows; start += rowsPerCall) {
      const part = order.subarray(start, start + rowsPerCall);
      const started = this.meter.start();
      const losses = await this.steps(part, epoch);
      const weighted = sumOverRows(losses, part.length, this.feeds.batch);
      lossSum += weighted;
      this.meter.add(started, epoch, losses.length, part.length, weighted);
      // Lets the message that this process's parent is gone arrive.
      await new Promise(setImmediate);
    }
    const validationLoss = await this.validate(epoch);
    this.history.push({ epoch, trainLoss: lossSum / rows, validationLoss, seconds: this.meter.seconds() });
    // Each call makes new vectors, so this one stays as it is.
    this.best.add(epoch, validationLoss === null ? null : -validationLoss, () => this.state.parameters);
  }

  private async steps(order: Uint32Array, epoch: number): Promise<Float32Array> {
    const { step } = this.state.optimizer;
    const { losses, ...after } = await runSteps(this.session, this.state, this.feeds.fill(order, step + 1));
    this.refuseDivergence(losses, epoch);
    this.state = after;
    return losses;
  }

  private async validate(epoch: number): Promise<number | null> {
    const { parameters } = this.state;
    const flat = new Tensor('float32', parameters, [parameters.length]);
    let sum = 0;
    for (const { rows, feeds } of this.feeds.validation()) {
      const { loss } = await this.measure.run({ parameters: flat, ...feeds });
      const values = loss?.data as Float32Array;
      this.refuseDivergence(values, epoch);
      sum += (values[0] as number) * rows;
      await new Promise(setImmediate);
    }
    const { rows } = this.request.validation;
    return rows === 0 ? null : sum / rows;
  }

  private refuseDivergence(losses: Float32Array, epoch: number): void {
    const failed = losses.find((loss) => !Number.isFinite(loss));
    if (failed === undefined) return;
    const { learningRate } = this.request.pretraining;
    const message = `the contrastive loss became ${failed} in epoch ${epoch}: try a learning rate below ${learningRate}`;
    throw new TrainingError('training.diverged', message, { epoch, learningRate });
  }

  result(): PretrainingResult {
    const { model, pretraining } = this.request;
    const { round, kept } = this.best.kept as { round: number; kept: Float32Array };
    const parameters = kept.slice(0, encoderLayout(model).size);
    const layout = encoderParameters(model);
    return {
      parameters,
      layout,
      checkpoint: encodeEncoder({ model, pretraining, layout, parameters }),
      history: this.history,
      epoch: round,
      steps: this.state.optimizer.step,
      seconds: this.meter.seconds(),
      rowsPerSecond: this.meter.rowsPerSecond(),
    };
  }
}
