import { configField } from '@perennial/service';
import { z } from 'zod';

export const featureStoreConfigSchema = z.object({
  FEATURE_STORE_DIR: z.string().min(1).default('.perennial/features').describe('Local copies of prepared batches'),
  FEATURE_STORE_THREADS: configField.integer(1, 64).default(2).describe('Threads that reads share'),
  FEATURE_STORE_MEMORY: z
    .string()
    .regex(/^\d+(MB|GB)$/, 'must be a size such as 512MB or 1GB')
    .default('384MB')
    .describe('Memory that reads share; what exceeds it goes to disk'),
  FEATURE_STORE_ONLINE_INTERVAL_MS: configField
    .integer(50, 600_000)
    .default(1_000)
    .describe('How often new batches are looked for whose rows are found by their entities'),
});

export type FeatureStoreConfig = z.output<typeof featureStoreConfigSchema>;
