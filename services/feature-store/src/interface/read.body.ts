import { parseRequest, ServiceError } from '@perennial/service';
import { z } from 'zod';
import type { ViewReadRequest } from '../application/read.view';

const share = z.number().min(0).max(1);

const schema = z.strictObject({
  batches: z.array(z.string().min(1)).min(1).max(10_000),
  columns: z.array(z.string().min(1)).min(1).optional(),
  split: z
    .strictObject({ from: share, to: share })
    .refine(({ from, to }) => from <= to, 'from must not exceed to')
    .optional(),
  labelledOnly: z.boolean().optional(),
  metadataId: z.string().min(1).optional(),
});

/** Throws INVALID_READ, see `parseRequest`. */
export const readRequestOf = (body: unknown): ViewReadRequest => parseRequest(schema, body, 'INVALID_READ');

/** Throws 400 where the text is not a version number. */
export function versionOf(text: string): number {
  const version = Number(text);
  if (Number.isInteger(version) && version >= 1) return version;
  const rule = 'must be a whole number from 1';
  throw new ServiceError('INVALID_VERSION', 400, `version ${text}: ${rule}`, { field: 'version', value: text, rule });
}
