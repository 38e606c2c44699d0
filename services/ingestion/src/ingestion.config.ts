import { z } from 'zod';

const milliseconds = (fallback: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number of milliseconds')
    .transform(Number)
    .pipe(z.number().min(10, 'must be at least 10').max(3_600_000, 'must be at most 3600000'))
    .default(fallback);

export const ingestionConfigSchema = z.object({
  GROUP_SUFFIX: z.string().default('').describe('As for every service; the records have a consumer group of their own'),
  INGESTION_CLOSING_INTERVAL_MS: milliseconds(1_000).describe('How often days that are due are looked for'),
  INGESTION_CLOSING_PAUSE_MS: milliseconds(5_000).describe('How long a day that could not be closed is left alone'),
});

export type IngestionConfig = z.output<typeof ingestionConfigSchema>;
