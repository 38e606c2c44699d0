import { z } from 'zod';
import { searchSchema } from './search.schema';

const epochs = z.int().min(1);
const learningRate = z.number().positive();
const window = (days: number | 'all') =>
  z.strictObject({ days: z.union([z.int().min(1), z.literal('all')]).default(days) }).prefault({});

/** Fine-tunes the serving model. */
const fineTune = z.strictObject({
  strategy: z.literal('fine-tune'),
  epochs: epochs.default(3),
  learningRate: learningRate.default(0.0001),
  window: window(1),
});

/** Fine-tunes once per combination and keeps the best on the validation share. */
const fineTuneSearch = z.strictObject({
  strategy: z.literal('fine-tune-search'),
  window: window(3),
  search: z.strictObject({ learningRates: z.array(learningRate).min(1), epochs: z.array(epochs).min(1) }),
});

/** Trains anew; epochs and learningRate default to those of `training`. */
const train = z.strictObject({
  strategy: z.literal('train'),
  epochs: epochs.optional(),
  learningRate: learningRate.optional(),
  window: window('all'),
});

/** Trains anew, once per configuration that the search chooses. */
const search = z.strictObject({ strategy: z.literal('search'), window: window('all'), search: searchSchema });

export const attemptSchema = z.discriminatedUnion('strategy', [fineTune, fineTuneSearch, train, search]);

const DOCUMENTED_ATTEMPTS: z.input<typeof attemptSchema>[] = [
  { strategy: 'fine-tune', epochs: 3, learningRate: 0.0001, window: { days: 1 } },
  { strategy: 'fine-tune-search', window: { days: 3 }, search: { learningRates: [0.0001, 0.0003], epochs: [3, 5] } },
  { strategy: 'train', window: { days: 'all' } },
];

/** At most three, whatever is declared: what three attempts could not mend is for a person. */
export const DEFAULT_MAX_ATTEMPTS = 3;

export const improvementSchema = z.strictObject({
  maxAttempts: z.int().min(1).max(3).default(DEFAULT_MAX_ATTEMPTS),
  /** From the request to the run's result, waiting for a trainer included. Three of the default end within a day. */
  attemptTimeoutMinutes: z.number().positive().max(10_080).default(360),
  attempts: z.array(attemptSchema).min(1).prefault(DOCUMENTED_ATTEMPTS),
});
