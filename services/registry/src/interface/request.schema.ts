import { z } from 'zod';

const person = z.string().trim().min(1).max(200);

export const versionQuery = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) });
export const approval = z.strictObject({ by: person, comment: z.string().max(2000).nullable().default(null) });
export const rejection = z.strictObject({ by: person, reason: z.string().trim().min(1).max(2000) });

const names = z.array(z.string().min(1).max(256)).min(1).max(10_000);
const flag = z
  .enum(['true', 'false'])
  .default('false')
  .transform((text) => text === 'true');
const optionalText = z.string().min(1).max(256).nullable().default(null);
const share = z
  .string()
  .regex(/^(0|1|0?\.\d+|0\.0+|1\.0+)$/, 'must be a number from 0 to 1')
  .transform(Number);

/** One text, separated by commas, or one for each name, which may then hold commas. */
const columns = z.preprocess((given) => {
  return typeof given === 'string' ? given.split(',').map((name) => name.trim()) : (given ?? null);
}, names.nullable());

export const submissionQuery = z.strictObject({
  by: person,
  columns,
  positive: optionalText,
  output: optionalText,
  scores: z.enum(['probabilities', 'logits']).default('probabilities'),
  threshold: share.nullable().default(null),
  again: flag,
});
