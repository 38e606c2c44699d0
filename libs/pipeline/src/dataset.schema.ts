import { z } from 'zod';
import { scalar } from './scalar.schema';
import { isCronExpression } from './cron';

function isTimezone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** One declared column. minimum and maximum of a date are days as yyyy-MM-dd. */
export const columnSchema = z.strictObject({
  name: z.string().min(1).max(256),
  type: z.enum(['string', 'number', 'integer', 'boolean', 'date', 'category']),
  description: z.string().optional(),
  feature: z.boolean().default(true),
  nullable: z.boolean().default(true),
  minimum: z.union([z.number(), z.string()]).optional(),
  maximum: z.union([z.number(), z.string()]).optional(),
  values: z.array(scalar).min(1).optional(),
  format: z.string().optional(),
});

export const closingSchema = z.strictObject({
  manifest: z.boolean().default(true),
  graceSeconds: z.int().min(0).default(60),
  rowCount: z.int().min(1).nullable().default(null),
  schedule: z
    .string()
    .refine(isCronExpression, 'must be a cron expression of five fields, e.g. "0 2 * * *"')
    .nullable()
    .default(null),
  timezone: z.string().refine(isTimezone, 'must be an IANA time zone, e.g. Europe/Berlin').default('UTC'),
});

export const datasetSchema = z.strictObject({
  name: z
    .string()
    .regex(/^[a-z0-9-]{1,63}$/, 'must be 1 to 63 characters of a-z, 0-9 and -')
    .optional(),
  recordId: z.string().min(1),
  target: z.strictObject({ column: z.string().min(1), positive: scalar }),
  unknownColumns: z.enum(['refuse', 'ignore']).default('ignore'),
  columns: z.array(columnSchema).min(2),
  closing: closingSchema.prefault({}),
});
