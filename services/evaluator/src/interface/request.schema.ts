import { ServiceError } from '@perennial/service';
import { z } from 'zod';

const limit = (fallback: number) => z.coerce.number().int().min(1).max(1000).default(fallback);

export const cycleQuery = z.object({ pipeline: z.string().min(1).optional(), limit: limit(100) });
export const performanceQuery = z.object({ limit: limit(100) });

/** Throws INVALID_REQUEST that names every wrong field and its rule. */
export function parseRequest<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => ({ field: path.join('.'), rule: message }));
  const message = problems.map(({ field, rule }) => `${field}: ${rule}`).join('; ');
  throw new ServiceError('INVALID_REQUEST', 400, message, { problems });
}
