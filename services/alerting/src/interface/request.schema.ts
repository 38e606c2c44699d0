import { z } from 'zod';

export const alertQuery = z.object({
  pipeline: z.string().min(1).optional(),
  state: z.enum(['open', 'acknowledged', 'resolved']).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

export const acknowledgement = z.object({ by: z.string().trim().min(1).max(200) });
