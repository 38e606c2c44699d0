import { ServiceError } from '@perennial/service';
import { z } from 'zod';

const person = z.string().trim().min(1).max(200);

export const versionQuery = z.object({ limit: z.coerce.number().int().min(1).max(1000).default(100) });
export const approval = z.strictObject({ by: person, comment: z.string().max(2000).nullable().default(null) });
export const rejection = z.strictObject({ by: person, reason: z.string().trim().min(1).max(2000) });

/** Throws INVALID_REQUEST that names every wrong field, its value and its rule. */
export function parseRequest<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  const given = (input ?? {}) as Record<string, unknown>;
  const problems = result.error.issues.map(({ path, message }) => {
    const field = path.join('.') || 'body';
    return { field, value: path.length > 0 ? (given[field] ?? null) : input, rule: message };
  });
  const message = problems.map(({ field, value, rule }) => `${field} is ${JSON.stringify(value)}: ${rule}`).join('; ');
  throw new ServiceError('INVALID_REQUEST', 400, message, { problems });
}
