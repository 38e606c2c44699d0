import { z } from 'zod';

const limit = (fallback: number) => z.coerce.number().int().min(1).max(1000).default(fallback);

export const cycleQuery = z.object({ pipeline: z.string().min(1).optional(), limit: limit(100) });
export const performanceQuery = z.object({ limit: limit(100) });
