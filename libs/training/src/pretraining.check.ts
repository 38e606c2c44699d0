import { checkConfig, encoderLayout } from '@perennial/tabular-models';
import type { PretrainingConfig, PretrainingRequest } from './pretraining.request';
import { checkFeatureRows, checkModelConfig, refuseField } from './request.check';
import { TrainingError } from './training.error';

/** Each pair of views has its place in several matrices: of 4096 × 4096 numbers, 64 MB each, at this size. */
const LARGEST_BATCH = 2048;

/** Throws TrainingError naming the field, its value and the rule; a request that passes can be trained. */
export function checkPretraining({ model, pretraining, seed, train, validation }: PretrainingRequest): void {
  checkModelConfig(() => {
    checkConfig(model);
    encoderLayout(model);
  });
  checkTerms(pretraining);
  if (!Number.isInteger(seed)) refuseField('seed', seed, 'must be an integer');
  checkFeatureRows('train', train, model);
  checkFeatureRows('validation', validation, model);
  if (train.rows < 2) {
    const message = `train has ${train.rows} rows: at least two are needed to be told from each other`;
    throw new TrainingError('training.no-rows', message, { rows: train.rows });
  }
}

function checkTerms(terms: PretrainingConfig): void {
  const refuse = (field: keyof PretrainingConfig, rule: string) =>
    refuseField(`pretraining.${field}`, terms[field], rule);
  const isCount = (value: number, least: number) => Number.isInteger(value) && value >= least;
  const isPositive = (value: number) => value > 0 && value < Infinity;
  if (!isCount(terms.epochs, 1)) refuse('epochs', 'must be a positive integer');
  if (!isCount(terms.batchSize, 2) || terms.batchSize > LARGEST_BATCH)
    refuse('batchSize', `must be an integer from 2 to ${LARGEST_BATCH}`);
  if (!isCount(terms.projection, 1)) refuse('projection', 'must be a positive integer');
  if (!isPositive(terms.learningRate)) refuse('learningRate', 'must be positive');
  if (!isPositive(terms.temperature)) refuse('temperature', 'must be positive');
  if (!(terms.corruption > 0 && terms.corruption <= 1)) refuse('corruption', 'must be above 0 and at most 1');
  if (terms.patience !== null && !isCount(terms.patience, 1)) refuse('patience', 'must be a positive integer or null');
}
