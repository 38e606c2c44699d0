import { z } from 'zod';
import { searchSchema } from './search.schema';

const epochs = z.int().min(1);
const learningRate = z.number().positive();
const window = (days: number | 'all') =>
  z.strictObject({ days: z.union([z.int().min(1), z.literal('all')]).default(days) }).prefault({});

/** Fine-tunes the serving model; trees grow on, by `epochs` iterations of this shrinkage. */
const fineTune = z.strictObject({
  strategy: z.literal('fine-tune'),
  epochs: epochs.optional(),
  learningRate: learningRate.optional(),
  window: window(1),
});

const ensemble = z.strictObject({ size: z.int().min(2).max(50) });

/** Fine-tunes once per combination and keeps the best on the validation share. */
const fineTuneSearch = z.strictObject({
  strategy: z.literal('fine-tune-search'),
  window: window(3),
  search: z.strictObject({ learningRates: z.array(learningRate).min(1), epochs: z.array(epochs).min(1) }),
  ensemble: ensemble.optional(),
});

/** Trains anew; epochs and learningRate default to those of the first training. */
const train = z.strictObject({
  strategy: z.literal('train'),
  epochs: epochs.optional(),
  learningRate: learningRate.optional(),
  window: window('all'),
});

/** Trains anew, once per configuration that the search chooses. */
const search = z.strictObject({
  strategy: z.literal('search'),
  window: window('all'),
  search: searchSchema,
  ensemble: ensemble.optional(),
});

export const attemptSchema = z.discriminatedUnion('strategy', [fineTune, fineTuneSearch, train, search]);

type Rounds = Readonly<{ epochs: number; learningRate: number }>;

interface AttemptDefaults {
  readonly fineTune: Rounds;
  /** Of a file that declares no attempts. */
  readonly attempts: readonly z.input<typeof attemptSchema>[];
}

const attempts = (search: { learningRates: number[]; epochs: number[] }): z.input<typeof attemptSchema>[] => [
  { strategy: 'fine-tune', window: { days: 1 } },
  { strategy: 'fine-tune-search', window: { days: 3 }, search },
  { strategy: 'train', window: { days: 'all' } },
];

const OF_NETWORKS: AttemptDefaults = {
  fineTune: { epochs: 3, learningRate: 0.0001 },
  attempts: attempts({ learningRates: [0.0001, 0.0003], epochs: [3, 5] }),
};
const OF_TREES: AttemptDefaults = {
  fineTune: { epochs: 20, learningRate: 0.05 },
  attempts: attempts({ learningRates: [0.02, 0.1], epochs: [20, 50] }),
};

export const attemptDefaults = (kind: string): AttemptDefaults => (kind === 'lightgbm' ? OF_TREES : OF_NETWORKS);

/** At most three, whatever is declared: what three attempts could not mend is for a person. */
export const DEFAULT_MAX_ATTEMPTS = 3;

export const improvementSchema = z.strictObject({
  maxAttempts: z.int().min(1).max(3).default(DEFAULT_MAX_ATTEMPTS),
  /** From the request to the run's result, waiting for a trainer included. Three of the default end within a day. */
  attemptTimeoutMinutes: z.number().positive().max(10_080).default(360),
  attempts: z.array(attemptSchema).min(1).optional(),
});
