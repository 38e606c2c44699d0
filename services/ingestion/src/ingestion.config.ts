import { z } from 'zod';

const milliseconds = (fallback: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number of milliseconds')
    .transform(Number)
    .pipe(z.number().min(10, 'must be at least 10').max(3_600_000, 'must be at most 3600000'))
    .default(fallback);

const whole = (fallback: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(1, 'must be at least 1').max(1_000_000_000, 'must be at most 1000000000'))
    .default(fallback);

export const ingestionConfigSchema = z.object({
  GROUP_SUFFIX: z.string().default('').describe('As for every service; the records have a consumer group of their own'),
  INGESTION_CLOSING_INTERVAL_MS: milliseconds(1_000).describe('How often days that are due are looked for'),
  INGESTION_CLOSING_PAUSE_MS: milliseconds(5_000).describe('How long a day that could not be closed is left alone'),
  INGESTION_BACKLOG_MESSAGES: whole(4_000).describe('Messages that may wait to be stored before pushes get 429'),
  INGESTION_BACKLOG_SECONDS: whole(30).describe('And the seconds that storing them may take at the present pace'),
  INGESTION_BACKLOG_INTERVAL_MS: milliseconds(1_000).describe('How often the backlog is looked at'),
  INGESTION_PUSH_WAIT_MS: milliseconds(10_000).describe('How long a push that has begun waits for a full backlog'),
});

export type IngestionConfig = z.output<typeof ingestionConfigSchema>;
