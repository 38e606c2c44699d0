import { ServiceError } from '@perennial/service';
import { z } from 'zod';

export const alertQuery = z.object({
  pipeline: z.string().min(1).optional(),
  state: z.enum(['open', 'acknowledged', 'resolved']).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export const acknowledgement = z.object({ by: z.string().trim().min(1).max(200) });

/** Throws INVALID_REQUEST that names every wrong field and its rule. */
export function parseRequest<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const result = schema.safeParse(input ?? {});
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => ({ field: path.join('.') || 'body', rule: message }));
  const message = problems.map(({ field, rule }) => `${field}: ${rule}`).join('; ');
  throw new ServiceError('INVALID_REQUEST', 400, message, { problems });
}
