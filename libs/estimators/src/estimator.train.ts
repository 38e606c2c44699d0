import { type LibraryPlace, type LightGbmConfig, type LightGbmResult, trainLightGbm } from '@perennial/lightgbm';
import type { ModelConfig } from '@perennial/tabular-models';
import {
  type EpochRecord,
  pretrainAndTrain,
  type PretrainingConfig,
  train,
  type TrainingConfig,
  TrainingError,
  type TrainingResult,
  type TrainingRows,
  type TrainOptions,
} from '@perennial/training';
import { checkpointKind } from './estimator.checkpoint';
import type { EstimatorConfig } from './estimator.config';
import type { FittedEstimator } from './fitted.estimator';

export interface EstimatorRequest extends TrainingRows {
  readonly model: EstimatorConfig;
  /**
   * Of trees, `epochs` are iterations and `learningRate` is their shrinkage, in place of numIterations and learningRate of
   * the model; of the rest classWeights and seed count.
   */
  readonly training: TrainingConfig;
  /** Of networks: how the encoder is pretrained on the training rows first. Not where a checkpoint is given. */
  readonly pretraining?: PretrainingConfig | null;
  /** Training goes on from this checkpoint, which must be of the same kind. */
  readonly initialCheckpoint?: Uint8Array;
}

export interface EstimatorOptions extends TrainOptions {
  /** Where LightGBM's native library is. */
  readonly library?: LibraryPlace;
}

/** Trains any kind of model in a process of its own. Rejects with TrainingError. */
export async function trainEstimator(request: EstimatorRequest, options: EstimatorOptions): Promise<FittedEstimator> {
  const { model, initialCheckpoint } = request;
  if (initialCheckpoint) checkKind(model, initialCheckpoint);
  const { library = {}, ...process } = options;
  if (model.kind === 'lightgbm') return trainTrees(model, request, library, process);
  return trainNetwork(model, request, process);
}

function checkKind({ kind }: EstimatorConfig, checkpoint: Uint8Array): void {
  const trained = checkpointKind(checkpoint);
  if (trained === kind) return;
  const problems = [`kind is ${trained} in the checkpoint, ${kind} now`];
  const message = `the checkpoint was trained for another model: ${problems.join('; ')}`;
  throw new TrainingError('training.checkpoint-mismatch', message, { problems });
}

async function trainNetwork(
  model: ModelConfig,
  { pretraining = null, ...request }: EstimatorRequest,
  options: TrainOptions,
): Promise<FittedEstimator> {
  const result: TrainingResult = request.initialCheckpoint
    ? await train({ ...request, model }, options)
    : await pretrainAndTrain({ ...request, model }, pretraining, { ...options, onPretraining: options.onProgress });
  const { checkpoint, history, epoch, validationProbabilities, decisionThreshold, seconds, rowsPerSecond } = result;
  const kept = history.find((record) => record.epoch === epoch);
  const validation = {
    logLoss: kept?.validationLogLoss ?? null,
    rocAuc: kept?.validationRocAuc ?? null,
    f1: kept?.validationF1 ?? null,
  };
  const tuned = { validation, validationProbabilities, decisionThreshold };
  return { model, checkpoint, history, round: epoch, ...tuned, seconds, rowsPerSecond };
}

async function trainTrees(
  declared: LightGbmConfig,
  { training, pretraining: _pretraining, ...rows }: EstimatorRequest,
  library: LibraryPlace,
  options: TrainOptions,
): Promise<FittedEstimator> {
  const { epochs, learningRate, classWeights, seed } = training;
  const model = { ...declared, numIterations: epochs, learningRate };
  const result: LightGbmResult = await trainLightGbm(
    { ...rows, model, training: { classWeights, seed }, library },
    options,
  );
  const { checkpoint, validationProbabilities, decisionThreshold, seconds, rowsPerSecond } = result;
  const { validationLogLoss: logLoss, validationRocAuc: rocAuc, validationF1: f1 } = result;
  const tuned = { validation: { logLoss, rocAuc, f1 }, validationProbabilities, decisionThreshold };
  const history = result.history.map(epochRecord);
  return { model, checkpoint, history, round: result.bestIteration, ...tuned, seconds, rowsPerSecond };
}

const epochRecord = ({
  iteration,
  trainLoss,
  validationLoss,
  seconds,
}: LightGbmResult['history'][number]): EpochRecord => ({
  epoch: iteration,
  trainLoss,
  validationLogLoss: validationLoss,
  validationRocAuc: null,
  validationF1: null,
  seconds,
});
