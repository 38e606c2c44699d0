import { configField } from '@perennial/service';
import { z } from 'zod';

const { integer, url } = configField;

/** A lease that is renewed too seldom would end while its holder is alive. */
const RENEWALS_PER_LEASE = 3;

export const trainerConfigSchema = z
  .object({
    FEATURE_STORE_URL: url.default('http://127.0.0.1:6566').describe('Where the feature store answers'),
    PREPROCESSING_URL: url.default('http://127.0.0.1:8088').describe('Where preprocessing answers'),
    TRAINER_CONCURRENCY: integer(0, 64)
      .default(1)
      .describe('Runs trained at the same time, one process each; 0: runs are queued for trainers elsewhere'),
    TRAINER_NICENESS: integer(0, 19)
      .default(5)
      .describe('By how much trainings yield the processor to other processes of the machine'),
    TRAINER_THREADS: integer(1, 256)
      .optional()
      .describe('At most so many compute a step of a large batch; unless given, as many as processors'),
    TRAINER_POLL_INTERVAL_MS: integer(10, 60_000).default(1_000).describe('How often waiting runs are looked for'),
    TRAINER_LEASE_MS: integer(300, 600_000).default(15_000).describe('After this a silent trainer loses its run'),
    TRAINER_HEARTBEAT_MS: integer(50, 60_000).default(1_000).describe('How often a lease is renewed'),
    TRAINER_CHECKPOINT_SECONDS: integer(0, 86_400)
      .default(60)
      .describe('Between two checkpoints of a training, for whoever takes it over; 0: none is kept'),
    TRAINER_MAX_CLAIMS: integer(1, 100).default(3).describe('Lost trainers after which a run is given up'),
    TRAINER_MAX_RETRIES: integer(0, 1_000).default(20).describe('Retries while something outside fails'),
    TRAINER_RETRY_PAUSE_MS: integer(10, 600_000).default(1_000).describe('First pause; each next one is doubled'),
    TRAINER_RETRY_PAUSE_LIMIT_MS: integer(10, 3_600_000).default(60_000).describe('Longest pause'),
    LIGHTGBM_LIBRARY: z
      .string()
      .optional()
      .describe("LightGBM's native library, for pipelines of that kind; without it looked for in the downloads"),
    TRAINER_REQUEST_TIMEOUT_MS: integer(100, 3_600_000).default(120_000).describe('Of a request to another service'),
  })
  .refine((config) => config.TRAINER_HEARTBEAT_MS * RENEWALS_PER_LEASE <= config.TRAINER_LEASE_MS, {
    path: ['TRAINER_HEARTBEAT_MS'],
    message: `TRAINER_LEASE_MS must be at least ${RENEWALS_PER_LEASE} times as long`,
  });

export type TrainerConfig = z.output<typeof trainerConfigSchema>;
