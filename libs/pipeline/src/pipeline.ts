import type { z } from 'zod';
import type { columnSchema, datasetSchema } from './dataset.schema';
import { attemptDefaults, attemptSchema } from './improvement.schema';
import type { ParsedPipeline } from './pipeline.schema';
import { resolveSearch } from './search.rules';
import type { SearchDeclaration } from './search.schema';

export type ColumnDeclaration = z.output<typeof columnSchema>;
export type Dataset = Omit<z.output<typeof datasetSchema>, 'name'> & { name: string };

type ParsedAttempt = z.output<typeof attemptSchema>;
type Resolved<A> = A extends { epochs?: number | undefined }
  ? Omit<A, 'epochs' | 'learningRate'> & { epochs: number; learningRate: number }
  : A;

type ParsedSearchAttempt = Extract<ParsedAttempt, { strategy: 'search' }>;

/** `fine-tune` and `train` carry the epochs and learning rate they will use, `search` its parameters in full form. */
export type Attempt =
  | Resolved<Exclude<ParsedAttempt, { strategy: 'search' }>>
  | (Omit<ParsedSearchAttempt, 'search'> & { search: SearchDeclaration });

/** pipeline.yaml, validated, with every default filled in. */
export type Pipeline = Omit<ParsedPipeline, 'dataset' | 'improvement'> & {
  dataset: Dataset;
  improvement: { maxAttempts: number; attemptTimeoutMinutes: number; attempts: Attempt[] };
};

/** Of trees the model itself says how many and how fast they grow. */
function trainingOf({ model, training }: ParsedPipeline): Pipeline['training'] {
  if (model.kind !== 'lightgbm') return training;
  return { ...training, epochs: model.numIterations, learningRate: model.learningRate };
}

/**
 * Fills the defaults that come from other fields: dataset.name, epochs and learningRate of training where the model says
 * them, the attempts of its kind, and their epochs and rates. Attempts that are never made are left out.
 */
export function resolveDefaults(parsed: ParsedPipeline): Pipeline {
  const training = trainingOf(parsed);
  const defaults = attemptDefaults(parsed.model.kind);
  const { maxAttempts, attemptTimeoutMinutes, attempts: declared } = parsed.improvement;
  const all = declared ?? attemptSchema.array().parse(defaults.attempts);
  const attempts = all.slice(0, maxAttempts).map((attempt): Attempt => {
    if (attempt.strategy === 'fine-tune-search') return attempt;
    if (attempt.strategy === 'search') return { ...attempt, search: resolveSearch(attempt.search) };
    const standard = attempt.strategy === 'train' ? training : defaults.fineTune;
    const { epochs = standard.epochs, learningRate = standard.learningRate } = attempt;
    return { ...attempt, epochs, learningRate };
  });
  return {
    ...parsed,
    training,
    dataset: { ...parsed.dataset, name: parsed.dataset.name ?? parsed.name },
    improvement: { maxAttempts, attemptTimeoutMinutes, attempts },
  };
}

/** Kinds of model that the pipeline may train: its own, and those that its attempts search. */
export function modelKinds({ model, improvement }: Pipeline): string[] {
  const searched = improvement.attempts.flatMap((attempt) =>
    attempt.strategy === 'search' ? Object.keys(attempt.search.space) : [],
  );
  return [...new Set([model.kind, ...searched])];
}

/** The n-th attempt's declaration, n from 1; the last entry repeats. */
export function attemptOf(pipeline: Pipeline, n: number): Attempt {
  const { attempts } = pipeline.improvement;
  const attempt = attempts[Math.min(n, attempts.length) - 1];
  if (!attempt) throw new RangeError(`improvement.attempts has no entry for attempt ${n}`);
  return attempt;
}
