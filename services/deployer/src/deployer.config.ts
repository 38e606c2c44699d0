import { configField } from '@perennial/service';
import { z } from 'zod';

export const deployerConfigSchema = z.object({
  DEPLOYED_DIR: z.string().default('deployed').describe('Where the model that shall serve is written'),
  GROUP_SUFFIX: z.string().default('').describe('Appended to consumer groups'),
  DEPLOYER_INTERVAL_MS: configField.integer(10, 60_000).default(500).describe('How often rollouts are looked at'),
  DEPLOYER_PAUSE_MS: configField.integer(10, 600_000).default(5_000).describe('Rest after a task that failed'),
});

export type DeployerConfig = z.output<typeof deployerConfigSchema>;
