import { checkConfig, ModelConfigError, type ModelConfig, OPTIMIZERS, SCHEDULES } from '@perennial/tabular-models';
import { TrainingError } from './training.error';
import type { EncodedRows, TrainingConfig, TrainingRequest } from './training.request';

/** Throws TrainingError naming the field, its value and the rule; a request that passes can be trained. */
export function checkRequest({ model, training, train, validation }: TrainingRequest): void {
  checkModel(model);
  checkTraining(training);
  checkRows('train', train, model);
  checkRows('validation', validation, model);
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

function fail(field: string, value: unknown, rule: string): never {
  const message = `${field} is ${typeof value === 'number' ? value : JSON.stringify(value)}: ${rule}`;
  throw new TrainingError('training.invalid-request', message, { field, value, rule });
}

function checkModel(model: ModelConfig): void {
  try {
    checkConfig(model);
  } catch (cause) {
    if (!(cause instanceof ModelConfigError)) throw cause;
    throw new TrainingError('training.invalid-request', cause.message, cause.details, { cause });
  }
}

function checkTraining(training: TrainingConfig): void {
  const { epochs, batchSize, classWeights, seed, earlyStopping } = training;
  if (!Number.isInteger(epochs) || epochs < 1) fail('training.epochs', epochs, 'must be a positive integer');
  if (!Number.isInteger(batchSize) || batchSize < 1)
    fail('training.batchSize', batchSize, 'must be a positive integer');
  checkOptimizer(training);
  if (!Number.isInteger(seed)) fail('training.seed', seed, 'must be an integer');
  if (earlyStopping && !(Number.isInteger(earlyStopping.patience) && earlyStopping.patience >= 1)) {
    fail('training.earlyStopping.patience', earlyStopping.patience, 'must be a positive integer');
  }
  if (typeof classWeights === 'string' ? !['balanced', 'none'].includes(classWeights) : !areWeights(classWeights)) {
    fail('training.classWeights', classWeights, 'must be balanced, none or two positive numbers');
  }
}

function checkOptimizer({ optimizer, momentum, weightDecay, clipNorm, ...training }: TrainingConfig): void {
  const { learningRate, schedule, warmup } = training;
  if (!OPTIMIZERS.includes(optimizer)) fail('training.optimizer', optimizer, `must be one of ${OPTIMIZERS.join(', ')}`);
  if (!(learningRate > 0 && learningRate < Infinity)) fail('training.learningRate', learningRate, 'must be positive');
  if (!SCHEDULES.includes(schedule)) fail('training.schedule', schedule, `must be one of ${SCHEDULES.join(', ')}`);
  if (!(warmup >= 0 && warmup < 1)) fail('training.warmup', warmup, 'must be at least 0 and below 1');
  if (!(momentum >= 0 && momentum < 1)) fail('training.momentum', momentum, 'must be at least 0 and below 1');
  if (momentum > 0 && optimizer !== 'sgd') fail('training.momentum', momentum, `must be 0 for ${optimizer}`);
  if (!(weightDecay >= 0 && weightDecay < Infinity)) fail('training.weightDecay', weightDecay, 'must be at least 0');
  if (weightDecay > 0 && optimizer !== 'adamw') fail('training.weightDecay', weightDecay, `must be 0 for ${optimizer}`);
  if (clipNorm !== null && !(clipNorm > 0)) fail('training.clipNorm', clipNorm, 'must be positive or null');
}

const areWeights = (weights: readonly number[]): boolean =>
  Array.isArray(weights) && weights.length === 2 && weights.every((weight) => weight > 0 && weight < Infinity);

function checkRows(part: string, rows: EncodedRows, model: ModelConfig): void {
  const lengths = [
    ['categorical', rows.rows * model.categorical.length],
    ['numeric', rows.rows * model.numeric.length],
    ['labels', rows.rows],
  ] as const;
  for (const [field, expected] of lengths) {
    if (rows[field].length !== expected) {
      fail(`${part}.${field}.length`, rows[field].length, `must be ${expected} for ${rows.rows} rows`);
    }
  }
  const label = rows.labels.findIndex((value) => value !== 0 && value !== 1);
  if (label >= 0) fail(`${part}.labels[${label}]`, rows.labels[label], 'must be 0 or 1');
  const number = rows.numeric.findIndex((value) => !Number.isFinite(value));
  if (number >= 0) fail(`${part}.numeric[${number}]`, rows.numeric[number], 'must be finite');
  checkCodes(part, rows, model);
}

function checkCodes(part: string, { categorical: codes }: EncodedRows, { categorical }: ModelConfig): void {
  for (let at = 0; at < codes.length; at++) {
    const { feature, cardinality } = categorical[at % categorical.length] as (typeof categorical)[number];
    const code = codes[at] as number;
    if (code < 0 || code >= cardinality) {
      fail(`${part}.categorical[${at}] (${feature})`, code, `must be a code from 0 to ${cardinality - 1}`);
    }
  }
}
