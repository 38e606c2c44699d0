import { continuedStream, permutation, type RandomStream } from '@perennial/tabular-models';
import { BestRound } from './best.round';
import { encodeCheckpoint, namedParameters, type OptimizerState } from './checkpoint.format';
import { CheckpointSender, type CheckpointSink } from './checkpoint.sender';
import { sumOverRows } from './graph.steps';
import { openSteps } from './open.steps';
import { ProgressMeter } from './progress.meter';
import { checkRequest } from './request.check';
import { encodeResumeCheckpoint, type RequestIdentity, requestIdentity, resumedState } from './resume.checkpoint';
import { Scorer } from './scorer';
import type { Steps } from './steps';
import { stoppingMetrics } from './stopping.metric';
import { TrainingError } from './training.error';
import type { EpochRecord, TrainingProgress, TrainingRequest, TrainingResult } from './training.request';
import { initialState, type Outcome, type Position, type TrainingState } from './training.state';
import { measureValidation } from './validation.measure';

export interface RunOptions extends CheckpointSink {
  readonly onProgress?: (progress: TrainingProgress) => void;
}

/**
 * Trains in this thread, which it blocks for up to a few hundred milliseconds at a time; `train` runs it in a process
 * of its own. Resume checkpoints are made only where the request has `checkpointSeconds`. Throws TrainingError.
 */
export async function runTraining(request: TrainingRequest, options: RunOptions): Promise<TrainingResult> {
  checkRequest(request);
  const run = await TrainingRun.open(request, options);
  try {
    while (!run.isOver) await run.epoch();
    return run.result();
  } finally {
    await run.close();
  }
}

class TrainingRun {
  private readonly shuffle;
  private readonly history: EpochRecord[];
  private readonly meter: ProgressMeter;
  private readonly best: BestRound<Outcome>;
  private readonly sender: CheckpointSender;
  private identity: RequestIdentity | undefined;
  private position: Position;
  private parameters: Float32Array;
  private optimizer: OptimizerState;

  private constructor(
    private readonly request: TrainingRequest,
    state: TrainingState,
    /** Its state is that of the next mask. */
    private readonly dropout: RandomStream,
    private readonly computing: Steps,
    private readonly scorer: Scorer,
    options: RunOptions,
  ) {
    const { training, train, checkpointSeconds } = request;
    this.parameters = state.parameters;
    this.optimizer = state.optimizer;
    this.position = state.position;
    this.history = [...state.history];
    this.shuffle = continuedStream(state.position.shuffle);
    this.best = new BestRound(training.earlyStopping?.patience ?? null, state.best);
    this.meter = new ProgressMeter(training.epochs, train.rows, this.computing.batch, options, state.meter);
    this.sender = new CheckpointSender(checkpointSeconds, options);
  }

  static async open(request: TrainingRequest, options: RunOptions): Promise<TrainingRun> {
    const { model, resumeFrom } = request;
    const state = resumeFrom ? resumedState(request, resumeFrom) : initialState(request);
    const dropout = continuedStream(state.dropout);
    const scorer = await Scorer.open(model);
    return new TrainingRun(request, state, dropout, await openSteps(request, dropout), scorer, options);
  }

  close(): Promise<void> {
    return this.computing.close();
  }

  /** Whether the last epoch is over or early stopping has had enough. */
  get isOver(): boolean {
    return this.history.length >= this.request.training.epochs || this.best.isOver(this.history.length);
  }

  /** From where it stands to its end. */
  async epoch(): Promise<void> {
    const { rows } = this.request.train;
    const { epoch } = this.position;
    const order = permutation(this.shuffle, rows);
    const { rowsPerCall } = this.computing;
    while (this.position.rows < rows) {
      const part = order.subarray(this.position.rows, this.position.rows + rowsPerCall);
      const started = this.meter.start();
      const losses = await this.steps(part, epoch);
      const weighted = sumOverRows(losses, part.length, this.computing.batch);
      const { rows: done, lossSum, shuffle } = this.position;
      this.position = { epoch, rows: done + part.length, lossSum: lossSum + weighted, shuffle };
      this.meter.add(started, epoch, losses.length, part.length, weighted);
      if (this.position.rows < rows) this.offerCheckpoint(false);
      // Lets the message that this process's parent is gone arrive, and a checkpoint leave.
      await new Promise(setImmediate);
    }
    await this.validate(epoch, this.position.lossSum / rows);
    this.position = { epoch: epoch + 1, rows: 0, lossSum: 0, shuffle: this.shuffle.getState() };
    this.offerCheckpoint(true);
  }

  private async steps(order: Uint32Array, epoch: number): Promise<Float32Array> {
    const { parameters, optimizer } = this;
    const after = await this.computing.run({ parameters, optimizer }, order);
    const { losses } = after;
    const failed = losses.findIndex((loss) => !Number.isFinite(loss));
    if (failed >= 0) throw this.diverged(`the loss became ${losses[failed]}`, epoch, optimizer.step + failed + 1);
    this.parameters = after.parameters;
    this.optimizer = after.optimizer;
    return losses;
  }

  private async validate(epoch: number, trainLoss: number): Promise<void> {
    const { validation, training } = this.request;
    const { parameters, optimizer } = this;
    const probabilities = await this.scorer.score(parameters, validation);
    const wrong = probabilities.find((probability) => !(probability >= 0 && probability <= 1));
    if (wrong !== undefined) throw this.diverged(`a probability became ${wrong}`, epoch, optimizer.step);
    const { logLoss, rocAuc, f1, threshold } = measureValidation(probabilities, validation.labels);
    const record = {
      epoch,
      trainLoss,
      validationLogLoss: logLoss,
      validationRocAuc: rocAuc,
      validationF1: f1,
      seconds: this.meter.seconds(),
    };
    this.history.push(record);
    const value = training.earlyStopping && stoppingMetrics[training.earlyStopping.metric](record);
    // Each call makes new vectors, so these stay as they are.
    this.best.add(epoch, value, () => ({ parameters, optimizer, probabilities, threshold }));
  }

  private offerCheckpoint(atEpochEnd: boolean): void {
    this.sender.offer(atEpochEnd, () => {
      this.identity ??= requestIdentity(this.request);
      const { parameters, optimizer, position, history } = this;
      const [dropout, best, meter] = [this.dropout.getState(), this.best.kept, this.meter.reading];
      const state = { parameters, optimizer, position, dropout, history, best, meter };
      return encodeResumeCheckpoint(this.request, this.identity, state);
    });
  }

  private diverged(what: string, epoch: number, step: number): TrainingError {
    const { learningRate } = this.request.training;
    const message = `${what} in epoch ${epoch}, step ${step}: try a learning rate below ${learningRate}`;
    return new TrainingError('training.diverged', message, { epoch, step, learningRate });
  }

  result(): TrainingResult {
    const { model, training } = this.request;
    const { round, kept } = this.best.kept as { round: number; kept: Outcome };
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
