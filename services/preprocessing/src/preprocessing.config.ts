import { configField } from '@perennial/service';
import { z } from 'zod';

const { integer } = configField;

export const preprocessingConfigSchema = z.object({
  PREPARATION_CONCURRENCY: integer(1, 16)
    .default(2)
    .describe('Datasets prepared at once; a day of a million rows takes some 200 MiB'),
  PREPARATION_POLL_MS: integer(10, 60_000).default(500).describe('How often queued batches are looked for'),
});

export type PreprocessingConfig = z.output<typeof preprocessingConfigSchema>;
