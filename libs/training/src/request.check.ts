import { checkConfig, ModelConfigError, type ModelFeatures, OPTIMIZERS, SCHEDULES } from '@perennial/tabular-models';
import { TrainingError } from './training.error';
import type { EncodedRows, TrainingConfig, TrainingRequest, TrainingRows } from './training.request';

/** Throws TrainingError naming the field, its value and the rule; a request that passes can be trained. */
export function checkRequest({
  model,
  training,
  train,
  validation,
  checkpointSeconds = 0,
  threads = 1,
}: TrainingRequest): void {
  checkModelConfig(() => checkConfig(model));
  checkTraining(training);
  if (!(checkpointSeconds >= 0)) refuseField('checkpointSeconds', checkpointSeconds, 'must be at least 0');
  if (!Number.isInteger(threads) || threads < 1) refuseField('threads', threads, 'must be a positive integer');
  checkTrainingRows({ train, validation }, model);
}

/** Throws TrainingError unless the rows fit the features and both classes occur among those to train on. */
export function checkTrainingRows({ train, validation }: TrainingRows, features: ModelFeatures): void {
  checkRows('train', train, features);
  checkRows('validation', validation, features);
  if (train.rows === 0) throw new TrainingError('training.no-rows', 'train has no rows: at least one is needed');
  const positives = train.labels.reduce((sum, label) => sum + label, 0);
  if (positives === 0 || positives === train.rows) {
    const only = positives === 0 ? 'negative' : 'positive';
    throw new TrainingError(
      'training.one-class',
      `all ${train.rows} training labels are ${only}: both classes are needed`,
      {
        rows: train.rows,
        positives,
      },
    );
  }
}

/** Throws `training.invalid-request`. */
export function refuseField(field: string, value: unknown, rule: string): never {
  const message = `${field} is ${typeof value === 'number' ? value : JSON.stringify(value)}: ${rule}`;
  throw new TrainingError('training.invalid-request', message, { field, value, rule });
}

/** Runs the check of a model's config; what it refuses becomes `training.invalid-request`. */
export function checkModelConfig(check: () => unknown): void {
  try {
    check();
  } catch (cause) {
    if (!(cause instanceof ModelConfigError)) throw cause;
    throw new TrainingError('training.invalid-request', cause.message, cause.details, { cause });
  }
}

function checkTraining(training: TrainingConfig): void {
  const { epochs, batchSize, classWeights, seed, earlyStopping } = training;
  if (!Number.isInteger(epochs) || epochs < 1) refuseField('training.epochs', epochs, 'must be a positive integer');
  if (!Number.isInteger(batchSize) || batchSize < 1)
    refuseField('training.batchSize', batchSize, 'must be a positive integer');
  checkOptimizer(training);
  if (!Number.isInteger(seed)) refuseField('training.seed', seed, 'must be an integer');
  if (earlyStopping && !(Number.isInteger(earlyStopping.patience) && earlyStopping.patience >= 1)) {
    refuseField('training.earlyStopping.patience', earlyStopping.patience, 'must be a positive integer');
  }
  checkClassWeights(classWeights);
}

export function checkClassWeights(classWeights: TrainingConfig['classWeights']): void {
  if (typeof classWeights === 'string' ? !['balanced', 'none'].includes(classWeights) : !areWeights(classWeights)) {
    refuseField('training.classWeights', classWeights, 'must be balanced, none or two positive numbers');
  }
}

function checkOptimizer({ optimizer, momentum, weightDecay, clipNorm, ...training }: TrainingConfig): void {
  const { learningRate, schedule, warmup } = training;
  if (!OPTIMIZERS.includes(optimizer))
    refuseField('training.optimizer', optimizer, `must be one of ${OPTIMIZERS.join(', ')}`);
  if (!(learningRate > 0 && learningRate < Infinity))
    refuseField('training.learningRate', learningRate, 'must be positive');
  if (!SCHEDULES.includes(schedule))
    refuseField('training.schedule', schedule, `must be one of ${SCHEDULES.join(', ')}`);
  if (!(warmup >= 0 && warmup < 1)) refuseField('training.warmup', warmup, 'must be at least 0 and below 1');
  if (!(momentum >= 0 && momentum < 1)) refuseField('training.momentum', momentum, 'must be at least 0 and below 1');
  if (momentum > 0 && optimizer !== 'sgd') refuseField('training.momentum', momentum, `must be 0 for ${optimizer}`);
  if (!(weightDecay >= 0 && weightDecay < Infinity))
    refuseField('training.weightDecay', weightDecay, 'must be at least 0');
  if (weightDecay > 0 && optimizer !== 'adamw')
    refuseField('training.weightDecay', weightDecay, `must be 0 for ${optimizer}`);
  if (clipNorm !== null && !(clipNorm > 0)) refuseField('training.clipNorm', clipNorm, 'must be positive or null');
}

const areWeights = (weights: readonly number[]): boolean =>
  Array.isArray(weights) && weights.length === 2 && weights.every((weight) => weight > 0 && weight < Infinity);

function checkRows(part: string, rows: EncodedRows, model: ModelFeatures): void {
  checkLength(part, rows, 'labels', 1);
  const label = rows.labels.findIndex((value) => value !== 0 && value !== 1);
  if (label >= 0) refuseField(`${part}.labels[${label}]`, rows.labels[label], 'must be 0 or 1');
  checkFeatureRows(part, rows, model);
}

function checkLength(part: string, rows: EncodedRows, field: 'categorical' | 'numeric' | 'labels', width: number) {
  const [actual, expected] = [rows[field].length, rows.rows * width];
  if (actual !== expected) refuseField(`${part}.${field}.length`, actual, `must be ${expected} for ${rows.rows} rows`);
}

/** Throws TrainingError unless the rows fit the features; their labels are not looked at. */
export function checkFeatureRows(part: string, rows: EncodedRows, model: ModelFeatures): void {
  checkLength(part, rows, 'categorical', model.categorical.length);
  checkLength(part, rows, 'numeric', model.numeric.length);
  const number = rows.numeric.findIndex((value) => !Number.isFinite(value));
  if (number >= 0) refuseField(`${part}.numeric[${number}]`, rows.numeric[number], 'must be finite');
  checkCodes(part, rows, model);
}

function checkCodes(part: string, { categorical: codes }: EncodedRows, { categorical }: ModelFeatures): void {
  for (let at = 0; at < codes.length; at++) {
    const { feature, cardinality } = categorical[at % categorical.length] as (typeof categorical)[number];
    const code = codes[at] as number;
    if (code < 0 || code >= cardinality) {
      refuseField(`${part}.categorical[${at}] (${feature})`, code, `must be a code from 0 to ${cardinality - 1}`);
    }
  }
}
