import { violationsOf } from '@perennial/messaging';
import { ServiceError } from '@perennial/service';
import { z } from 'zod';

const schema = z.strictObject({
  to: z.string().min(1).optional(),
  by: z.string().min(1),
  reason: z.string().min(1),
  requestId: z.string().min(1).max(200).optional(),
});

/** Throws 400 naming every field, value and rule. */
export function rollbackCommand(body: unknown): z.output<typeof schema> {
  const parsed = schema.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const violations = violationsOf(parsed.error.issues, body);
  throw new ServiceError('INVALID_REQUEST', 400, violations.map(({ text }) => text).join('; '), { violations });
}
