import { resolveClassWeights } from '@perennial/tabular-models';
import {
  BestRound,
  checkClassWeights,
  checkModelConfig,
  checkTrainingRows,
  measureValidation,
  type MeterOptions,
  ProgressMeter,
  refuseField,
  TrainingError,
} from '@perennial/training';
import { type FeatureMatrix, featureMatrix } from './feature.matrix';
import { decodeLightGbmCheckpoint, encodeLightGbmCheckpoint, treesFor } from './lightgbm.checkpoint';
import { checkLightGbmConfig, parameterText } from './lightgbm.config';
import type { IterationRecord, LightGbmRequest, LightGbmResult } from './lightgbm.request';
import { NativeBooster, NativeDataset } from './native.booster';
import { NativeLibrary } from './native.library';

const PREDICTION = 'num_threads=1';

/**
 * Trains in this thread, which it blocks for the time of an iteration or of binning; `trainLightGbm` runs it in a process
 * of its own. Throws TrainingError.
 */
export async function runLightGbm(request: LightGbmRequest, options: MeterOptions): Promise<LightGbmResult> {
  checkRequest(request);
  const library = NativeLibrary.open(request.library);
  const run = new BoosterRun(request, library, options);
  try {
    return await run.toTheEnd();
  } finally {
    run.free();
  }
}

function checkRequest({ model, training, train, validation }: LightGbmRequest): void {
  checkModelConfig(() => checkLightGbmConfig(model));
  if (!Number.isInteger(training.seed)) refuseField('training.seed', training.seed, 'must be an integer');
  checkClassWeights(training.classWeights);
  checkTrainingRows({ train, validation }, model);
}

class BoosterRun {
  private readonly parameters: string;
  private readonly validationRows: FeatureMatrix;
  private readonly datasets: NativeDataset[] = [];
  private readonly base: NativeBooster | null = null;
  private readonly booster: NativeBooster;
  private readonly meter: ProgressMeter;
  private readonly history: IterationRecord[] = [];
  /** There is nothing to keep but the number: the booster saves any first part of its trees. */
  private readonly best: BestRound<null>;

  constructor(
    private readonly request: LightGbmRequest,
    private readonly library: NativeLibrary,
    options: MeterOptions,
  ) {
    const { model, training, train, validation, initialCheckpoint } = request;
    this.meter = new ProgressMeter(model.numIterations, train.rows, train.rows, options);
    this.parameters = parameterText(model, training.seed);
    this.best = new BestRound(model.earlyStoppingRound || null);
    this.validationRows = featureMatrix(validation, model);
    if (initialCheckpoint) {
      this.base = NativeBooster.load(library, treesFor(model, decodeLightGbmCheckpoint(initialCheckpoint)));
    }
    const rows = this.dataset(featureMatrix(train, model), train.labels);
    this.booster = NativeBooster.create(library, rows, this.parameters, this.base);
    if (validation.rows === 0) return;
    this.booster.addValidation(this.dataset(this.validationRows, validation.labels, rows));
  }

  /** The weights of both parts are those of the training rows' classes: losses of the two then compare. */
  private dataset(matrix: FeatureMatrix, labels: Int32Array, reference?: NativeDataset): NativeDataset {
    const { training, train } = this.request;
    const dataset = NativeDataset.create(this.library, matrix, this.parameters, reference);
    this.datasets.push(dataset);
    dataset.set('label', Float32Array.from(labels));
    if (this.base) dataset.setInitialScore(this.base.initialScore(matrix, PREDICTION));
    const weights = resolveClassWeights(train.labels, training.classWeights);
    if (weights[0] === 1 && weights[1] === 1) return dataset;
    dataset.set(
      'weight',
      Float32Array.from(labels, (label) => weights[label as 0 | 1]),
    );
    return dataset;
  }

  async toTheEnd(): Promise<LightGbmResult> {
    const { numIterations } = this.request.model;
    for (let iteration = 1; iteration <= numIterations; iteration++) {
      if (this.iterate(iteration)) break;
      // Lets the message that this process's parent is gone arrive.
      await new Promise(setImmediate);
    }
    return this.result();
  }

  /** True when training is over before its last iteration. */
  private iterate(iteration: number): boolean {
    const { train, validation } = this.request;
    const started = this.meter.start();
    // A first tree that cannot split is kept: it is the constant. Behind others LightGBM drops it.
    if (!this.booster.update() && (iteration > 1 || this.base)) return true;
    const trainLoss = this.booster.metric(0);
    const validationLoss = validation.rows > 0 ? this.booster.metric(1) : null;
    const wrong = [trainLoss, validationLoss].find((loss) => loss !== null && !Number.isFinite(loss));
    if (wrong !== undefined) throw this.diverged(wrong, iteration);
    this.history.push({ iteration, trainLoss, validationLoss, seconds: this.meter.seconds() });
    this.meter.add(started, iteration, 1, train.rows, trainLoss * train.rows);
    this.best.add(iteration, validationLoss === null ? null : -validationLoss, () => null);
    return this.best.isOver(iteration);
  }

  private diverged(loss: number | null, iteration: number): TrainingError {
    const { learningRate } = this.request.model;
    const message = `the loss became ${loss} in iteration ${iteration}: try a learning rate below ${learningRate}`;
    return new TrainingError('training.diverged', message, { iteration, learningRate });
  }

  private result(): LightGbmResult {
    const bestIteration = this.best.kept?.round ?? 0;
    const predicted = this.booster.predict(this.validationRows, bestIteration, PREDICTION);
    const validationProbabilities = Float32Array.from(predicted);
    const { logLoss, rocAuc, f1, threshold } = measureValidation(
      validationProbabilities,
      this.request.validation.labels,
    );
    const modelText = this.booster.save(bestIteration);
    return {
      modelText,
      checkpoint: encodeLightGbmCheckpoint({ model: this.request.model, modelText }),
      bestIteration,
      history: this.history,
      validationProbabilities,
      validationLogLoss: logLoss,
      validationRocAuc: rocAuc,
      validationF1: f1,
      decisionThreshold: threshold,
      library: this.library.identity,
      seconds: this.meter.seconds(),
      rowsPerSecond: this.meter.rowsPerSecond(),
    };
  }

  free(): void {
    this.booster.free();
    this.base?.free();
    for (const dataset of this.datasets) dataset.free();
  }
}
