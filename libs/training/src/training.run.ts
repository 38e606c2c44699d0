import {
  buildTrainingGraph,
  initialiseParameters,
  optimizerSlots,
  parameterLayout,
  permutation,
  randomStream,
} from '@perennial/tabular-models';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { BestRound } from './best.round';
import {
  decodeCheckpoint,
  encodeCheckpoint,
  namedParameters,
  type OptimizerState,
  parametersFor,
} from './checkpoint.format';
import { openSession } from './graph.session';
import { ProgressMeter } from './progress.meter';
import { checkRequest } from './request.check';
import { Scorer } from './scorer';
import { StepFeeds } from './step.feeds';
import { stoppingMetrics } from './stopping.metric';
import { TrainingError } from './training.error';
import type { EpochRecord, TrainingProgress, TrainingRequest, TrainingResult } from './training.request';
import { measureValidation } from './validation.measure';

export interface RunOptions {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly onProgress?: (progress: TrainingProgress) => void;
}

/**
 * Trains in this thread, which it blocks for up to a few hundred milliseconds at a time; `train` runs it in a process
 * of its own. Throws TrainingError.
 */
export async function runTraining(request: TrainingRequest, options: RunOptions): Promise<TrainingResult> {
  checkRequest(request);
  const run = await TrainingRun.open(request, options);
  for (let epoch = 1; epoch <= request.training.epochs && !run.isOver; epoch++) await run.epoch(epoch);
  return run.result();
}

/** What a training has come to at the end of an epoch. */
interface Outcome {
  readonly parameters: Float32Array;
  readonly optimizer: OptimizerState;
  readonly probabilities: Float32Array;
  readonly threshold: number;
}

class TrainingRun {
  private readonly shuffle;
  private readonly history: EpochRecord[] = [];
  private probabilities: Float32Array = new Float32Array(0);
  private threshold = 0.5;
  private readonly meter: ProgressMeter;
  private readonly best: BestRound<Outcome>;

  private constructor(
    private readonly request: TrainingRequest,
    private readonly feeds: StepFeeds,
    private readonly session: InferenceSession,
    private readonly scorer: Scorer,
    private parameters: Float32Array,
    private optimizer: OptimizerState,
    options: RunOptions,
  ) {
    const { seed, earlyStopping } = request.training;
    this.shuffle = randomStream(seed, 'shuffle');
    this.best = new BestRound(earlyStopping?.patience ?? null);
    this.meter = new ProgressMeter(request.training.epochs, request.train.rows, this.feeds.batch, options);
  }

  static async open(request: TrainingRequest, options: RunOptions): Promise<TrainingRun> {
    const { model, training, initialCheckpoint } = request;
    const layout = parameterLayout(model);
    const parameters = initialCheckpoint
      ? parametersFor(model, decodeCheckpoint(initialCheckpoint))
      : initialiseParameters(layout, training.seed);
    const slots = new Map(optimizerSlots(training).map((name) => [name, new Float32Array(layout.size)]));
    const optimizer = { slots, step: 0 };
    const feeds = new StepFeeds(request);
    const session = await openSession(buildTrainingGraph(model, training, feeds.batch));
    return new TrainingRun(request, feeds, session, await Scorer.open(model), parameters, optimizer, options);
  }

  async epoch(epoch: number): Promise<void> {
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
    await this.validate(epoch, lossSum / rows);
  }

  private async steps(order: Uint32Array, epoch: number): Promise<Float32Array> {
    const state = (data: Float32Array) => new Tensor('float32', data, [data.length]);
    const outputs = await this.session.run({
      parameters: state(this.parameters),
      ...Object.fromEntries([...this.optimizer.slots].map(([name, slot]) => [name, state(slot)])),
      ...this.feeds.fill(order, this.optimizer.step + 1),
    });
    const vector = (name: string) => outputs[name]?.data as Float32Array;
    const losses = vector('losses');
    const failed = losses.findIndex((loss) => !Number.isFinite(loss));
    if (failed >= 0) throw this.diverged(`the loss became ${losses[failed]}`, epoch, this.optimizer.step + failed + 1);
    this.parameters = vector('parameters_out');
    const slots = new Map([...this.optimizer.slots.keys()].map((name) => [name, vector(`${name}_out`)]));
    this.optimizer = { slots, step: this.optimizer.step + losses.length };
    return losses;
  }

  private async validate(epoch: number, trainLoss: number): Promise<void> {
    const { validation } = this.request;
    this.probabilities = await this.scorer.score(this.parameters, validation);
    const wrong = this.probabilities.find((probability) => !(probability >= 0 && probability <= 1));
    if (wrong !== undefined) throw this.diverged(`a probability became ${wrong}`, epoch, this.optimizer.step);
    const { logLoss, rocAuc, f1, threshold } = measureValidation(this.probabilities, validation.labels);
    this.threshold = threshold;
    const record = {
      epoch,
      trainLoss,
      validationLogLoss: logLoss,
      validationRocAuc: rocAuc,
      validationF1: f1,
      seconds: this.meter.seconds(),
    };
    this.history.push(record);
    const { earlyStopping } = this.request.training;
    this.best.add(epoch, earlyStopping && stoppingMetrics[earlyStopping.metric](record), () => this.outcome);
  }

  /** Whether early stopping has had enough. */
  get isOver(): boolean {
    return this.best.isOver(this.history.length);
  }

  /** Each step makes new vectors, so these stay as they are. */
  private get outcome(): Outcome {
    const { parameters, optimizer, probabilities, threshold } = this;
    return { parameters, optimizer, probabilities, threshold };
  }

  private diverged(what: string, epoch: number, step: number): TrainingError {
    const { learningRate } = this.request.training;
    const message = `${what} in epoch ${epoch}, step ${step}: try a learning rate below ${learningRate}`;
    return new TrainingError('training.diverged', message, { epoch, step, learningRate });
  }

  result(): TrainingResult {
    const { model, training } = this.request;
    const { round, kept } = this.best.kept ?? { round: 0, kept: this.outcome };
    const { parameters, optimizer, probabilities, threshold } = kept;
    return {
      parameters,
      layout: namedParameters(model),
      checkpoint: encodeCheckpoint({ model, training, parameters, optimizer }),
      history: this.history,
      epoch: round,
      validationProbabilities: probabilities,
      decisionThreshold: threshold,
      steps: this.optimizer.step,
      seconds: this.meter.seconds(),
      rowsPerSecond: this.meter.rowsPerSecond(),
    };
  }
}

/** Each step's mean loss times its rows; the last step may have fewer. */
function sumOverRows(losses: Float32Array, rows: number, batch: number): number {
  return losses.reduce((sum, loss, step) => sum + loss * Math.min(batch, rows - step * batch), 0);
}
