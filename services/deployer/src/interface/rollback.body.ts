import { parseRequest } from '@perennial/service';
import { z } from 'zod';

const schema = z.strictObject({
  to: z.string().min(1).optional(),
  by: z.string().min(1),
  reason: z.string().min(1),
  requestId: z.string().min(1).max(200).optional(),
});

/** Throws INVALID_REQUEST, see `parseRequest`. */
export const rollbackCommand = (body: unknown): z.output<typeof schema> => parseRequest(schema, body);
