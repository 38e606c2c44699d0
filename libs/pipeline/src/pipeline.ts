import type { z } from 'zod';
import type { columnSchema, datasetSchema } from './dataset.schema';
import type { attemptSchema } from './improvement.schema';
import type { ParsedPipeline } from './pipeline.schema';
import { resolveSearch } from './search.rules';
import type { SearchDeclaration } from './search.schema';

export type ColumnDeclaration = z.output<typeof columnSchema>;
export type Dataset = Omit<z.output<typeof datasetSchema>, 'name'> & { name: string };

type ParsedAttempt = z.output<typeof attemptSchema>;
type ParsedTrain = Extract<ParsedAttempt, { strategy: 'train' }>;

type ParsedSearchAttempt = Extract<ParsedAttempt, { strategy: 'search' }>;

/** `train` carries the epochs and learning rate it will use, `search` its parameters in full form. */
export type Attempt =
  | Exclude<ParsedAttempt, { strategy: 'train' | 'search' }>
  | (Omit<ParsedSearchAttempt, 'search'> & { search: SearchDeclaration })
  | (Omit<ParsedTrain, 'epochs' | 'learningRate'> & { epochs: number; learningRate: number });

/** pipeline.yaml, validated, with every default filled in. */
export type Pipeline = Omit<ParsedPipeline, 'dataset' | 'improvement'> & {
  dataset: Dataset;
  improvement: { maxAttempts: number; attemptTimeoutMinutes: number; attempts: Attempt[] };
};

/** Fills the defaults that come from other fields: dataset.name, and epochs and rate of `train`. */
export function resolveDefaults(parsed: ParsedPipeline): Pipeline {
  const { epochs, learningRate } = parsed.training;
  const { maxAttempts, attemptTimeoutMinutes } = parsed.improvement;
  const attempts = parsed.improvement.attempts.map((attempt): Attempt => {
    if (attempt.strategy === 'search') return { ...attempt, search: resolveSearch(attempt.search) };
    if (attempt.strategy !== 'train') return attempt;
    return { ...attempt, epochs: attempt.epochs ?? epochs, learningRate: attempt.learningRate ?? learningRate };
  });
  return {
    ...parsed,
    dataset: { ...parsed.dataset, name: parsed.dataset.name ?? parsed.name },
    improvement: { maxAttempts, attemptTimeoutMinutes, attempts },
  };
}

/** The n-th attempt's declaration, n from 1; the last entry repeats. */
export function attemptOf(pipeline: Pipeline, n: number): Attempt {
  const { attempts } = pipeline.improvement;
  const attempt = attempts[Math.min(n, attempts.length) - 1];
  if (!attempt) throw new RangeError(`improvement.attempts has no entry for attempt ${n}`);
  return attempt;
}
