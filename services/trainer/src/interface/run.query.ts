import { ServiceError } from '@perennial/service';
import { z } from 'zod';
import type { RunFilter } from '../application/ports';

const runQuery = z.object({
  pipeline: z.string().min(1).optional(),
  state: z.enum(['queued', 'running', 'searching', 'completed', 'failed']).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

/** Throws INVALID_REQUEST that names every wrong field and its rule. */
export function parseRunQuery(query: unknown): RunFilter {
  const result = runQuery.safeParse(query ?? {});
  if (result.success) return result.data;
  const values = (query ?? {}) as Record<string, unknown>;
  const problems = result.error.issues.map(({ path, message }) => {
    const field = path.join('.');
    return { field, value: values[field] ?? null, rule: message };
  });
  const message = problems.map(({ field, value, rule }) => `${field} is ${JSON.stringify(value)}: ${rule}`).join('; ');
  throw new ServiceError('INVALID_REQUEST', 400, message, { problems });
}
