import type { FileReference } from '@perennial/contracts';
import { type Attempt, attemptOf, type Pipeline } from '@perennial/pipeline';
import { RunError } from './run.error';
import { runSeed } from './run.seed';
import type { RunRequest } from './training.run';

export interface PlannedTrial {
  epochs: number;
  learningRate: number;
}

export interface TrainingPlan {
  /** At least one; the best on the validation rows becomes the candidate. */
  trials: PlannedTrial[];
  /** Fine-tuned from; null starts from initial parameters. */
  checkpoint: FileReference | null;
  /** Of the encoder, before training from initial parameters. */
  pretraining: Pipeline['training']['pretraining'];
  training: Omit<Pipeline['training'], 'epochs' | 'learningRate' | 'pretraining'>;
  /** How often a trial is added to the ensemble of the best; 0: there is none. */
  ensembleSize: number;
}

/** What the request means by the pipeline's declaration. Throws RunError. */
export function trainingPlan(pipeline: Pipeline, request: RunRequest): TrainingPlan {
  const { epochs: _epochs, learningRate: _rate, seed, pretraining, ...training } = pipeline.training;
  return {
    trials: trialsOf(pipeline, request),
    checkpoint: request.strategy === 'train' ? null : checkpointOf(request),
    pretraining: request.strategy === 'train' ? pretraining : null,
    training: { ...training, seed: runSeed(seed, request.runId) },
    ensembleSize: ensembleSizeOf(attemptOf(pipeline, request.attempt)),
  };
}

const ensembleSizeOf = (declared: Attempt): number => ('ensemble' in declared ? (declared.ensemble?.size ?? 0) : 0);

/** The first model is trained from the start whatever attempt 1 declares; then `training` holds. */
function trialsOf(pipeline: Pipeline, { strategy, attempt, runId }: RunRequest): PlannedTrial[] {
  const declared = attemptOf(pipeline, attempt);
  if (strategy === 'train') {
    const { epochs, learningRate } = declared.strategy === 'train' ? declared : pipeline.training;
    return [{ epochs, learningRate }];
  }
  if (strategy === 'fine-tune' && declared.strategy === 'fine-tune') {
    return [{ epochs: declared.epochs, learningRate: declared.learningRate }];
  }
  if (strategy === 'fine-tune-search' && declared.strategy === 'fine-tune-search') {
    const { learningRates, epochs } = declared.search;
    return learningRates.flatMap((learningRate) => epochs.map((count) => ({ epochs: count, learningRate })));
  }
  const message = `run ${runId} asks for ${strategy}, but attempt ${attempt} of ${pipeline.name} declares ${declared.strategy}`;
  throw new RunError('run.strategy-not-declared', message, { runId, attempt, strategy, declared: declared.strategy });
}

function checkpointOf({ base, runId, strategy }: RunRequest): FileReference {
  if (base?.checkpoint) return base.checkpoint;
  const message = `run ${runId} asks for ${strategy}, but its base ${base?.version ?? '(none)'} has no checkpoint`;
  throw new RunError('run.no-checkpoint', message, { runId, base: base?.version ?? null });
}

/** What a candidate's lineage says of how it was trained. Of trees `epochs` are iterations. */
export function hyperparameters(
  { model }: Pipeline,
  { training, pretraining }: Pick<TrainingPlan, 'training' | 'pretraining'>,
  { epochs, learningRate }: PlannedTrial,
  trials: number,
): Record<string, unknown> {
  const before = pretraining ? { pretraining } : {};
  if (model.kind !== 'lightgbm') return { ...model, ...training, ...before, epochs, learningRate, trials };
  const { numIterations: _iterations, ...trees } = model;
  const { classWeights, seed } = training;
  return { ...trees, classWeights, seed, epochs, learningRate, trials };
}
