import { z } from 'zod';

/**
 * What a search chooses from and how long it may. `space`: per kind of model its parameters, each as {min, max}, {choices}
 * or a constant; which ones there are and what they may be is judged by search.rules.ts.
 */
export const searchSchema = z.strictObject({
  space: z.record(z.string(), z.record(z.string(), z.unknown())),
  metric: z.enum(['f1', 'rocAuc', 'logLoss']).default('rocAuc'),
  budget: z
    .strictObject({ trials: z.int().min(1).default(30), seconds: z.number().positive().default(1800) })
    .prefault({}),
  parallel: z.int().min(1).max(64).default(1),
  halving: z
    .strictObject({ minimum: z.number().gt(0).max(1).default(0.1), factor: z.int().min(2).default(3) })
    .nullable()
    .default(null),
});

export type ParsedSearch = z.output<typeof searchSchema>;

/** A parameter in its full form. */
export type SearchParameter =
  | { min: number; max: number; scale: 'linear' | 'log'; integer: boolean }
  | { choices: (string | number | boolean | null | number[])[] };

/** As the trainer takes it: constants are choices of one, and whole numbers are told. */
export type SearchDeclaration = Omit<ParsedSearch, 'space'> & {
  space: Record<string, Record<string, SearchParameter>>;
};
