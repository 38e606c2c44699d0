import { parseRequest } from '@perennial/service';
import { z } from 'zod';
import type { RunFilter } from '../application/ports';

const runQuery = z.object({
  pipeline: z.string().min(1).optional(),
  state: z.enum(['queued', 'running', 'searching', 'completed', 'failed']).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

/** Throws INVALID_REQUEST, see `parseRequest`. */
export const parseRunQuery = (query: unknown): RunFilter => parseRequest(runQuery, query);
