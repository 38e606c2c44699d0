import { type LibraryPlace, type LightGbmConfig, type LightGbmResult, trainLightGbm } from '@perennial/lightgbm';
import type { ModelConfig } from '@perennial/tabular-models';
import {
  type EpochRecord,
  pretrainAndTrain,
  type PretrainedOptions,
  type PretrainedRequest,
  type PretrainingConfig,
  train,
  type TrainingConfig,
  TrainingError,
  type TrainingResult,
  type TrainingRows,
} from '@perennial/training';
import { checkpointKind } from './estimator.checkpoint';
import type { EstimatorConfig } from './estimator.config';
import type { FittedEstimator } from './fitted.estimator';

/** What is pretrained, kept and gone on from concerns networks; trees are always grown from the first. */
export interface EstimatorRequest
  extends
    TrainingRows,
    Pick<PretrainedRequest, 'pretrainingRows' | 'encoder' | 'resumeFrom' | 'checkpointSeconds' | 'threads'> {
  readonly model: EstimatorConfig;
  /**
   * Of trees, `epochs` are iterations and `learningRate` is their shrinkage, in place of numIterations and learningRate of
   * the model; of the rest classWeights and seed count.
   */
  readonly training: TrainingConfig;
  /** Of networks: how the encoder is pretrained first. Not where a checkpoint is given. */
  readonly pretraining?: PretrainingConfig | null;
  /** Training goes on from this checkpoint, which must be of the same kind. */
  readonly initialCheckpoint?: Uint8Array;
}

export interface EstimatorOptions extends Omit<PretrainedOptions, 'onPretraining'> {
  /** Where LightGBM's native library is. */
  readonly library?: LibraryPlace;
}

type NetworkOptions = Omit<EstimatorOptions, 'library'>;

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
  { pretraining = null, pretrainingRows, encoder, ...request }: EstimatorRequest,
  { onPretrained, ...options }: NetworkOptions,
): Promise<FittedEstimator> {
  const before = { onPretrained, onPretraining: options.onProgress };
  const result: TrainingResult = request.initialCheckpoint
    ? await train({ ...request, model }, options)
    : await pretrainAndTrain({ ...request, model, pretrainingRows, encoder }, pretraining, { ...options, ...before });
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
  { training, train: rows, validation, initialCheckpoint }: EstimatorRequest,
  library: LibraryPlace,
  { signal, niceness, onProgress }: NetworkOptions,
): Promise<FittedEstimator> {
  const { epochs, learningRate, classWeights, seed } = training;
  const model = { ...declared, numIterations: epochs, learningRate };
  const result: LightGbmResult = await trainLightGbm(
    { model, training: { classWeights, seed }, train: rows, validation, initialCheckpoint, library },
    { signal, niceness, onProgress },
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
