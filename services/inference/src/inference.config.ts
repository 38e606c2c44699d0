import { randomBytes } from 'node:crypto';
import { availableParallelism, hostname } from 'node:os';
import { configField } from '@perennial/service';
import { z } from 'zod';
import { mlflowConflicts, mlflowFields } from './mlflow.config';

const { integer, port, url } = configField;

/** A restarted process is another replica: the old one is gone, and what it reported must not stand for the new one. */
const newReplicaId = (): string => `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;

/** One core is for the protocols; each worker holds the model. */
const defaultWorkers = (): number => Math.max(1, Math.min(4, availableParallelism() - 1));

const fields = z.object({
  REPLICA_ID: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,100}$/, 'must be 1 to 100 letters, digits, dots, dashes or underscores')
    .default(newReplicaId)
    .describe('Name of this replica; unique among those that run'),
  HOST: z.string().default('127.0.0.1').describe('Address the gRPC server listens on, as the HTTP server'),
  GRPC_PORT: port.default(9000).describe('Port of the gRPC server; 0 takes a free one'),
  DEPLOYER_URL: url.optional().describe('Where to ask what to serve; without it rollout events alone say so'),
  FEATURE_STORE_URL: url.default('http://127.0.0.1:6566').describe('Where the feature store answers lookups'),
  FEAST_URL: url.optional().describe('Where a Feast server answers; needed where a pipeline names it as source'),
  FEAST_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]+$/, 'must be one token and nothing else')
    .optional()
    .describe('Bearer token for the Feast server'),
  DEPLOYED_DIR: z.string().default('deployed').describe('What served last, for a start while the deployer is away'),
  GROUP_SUFFIX: z.string().default('').describe('Appended to consumer groups'),
  INFERENCE_DESIRED_INTERVAL_MS: integer(100, 600_000).default(3_000).describe('How often the deployer is asked'),
  INFERENCE_HEARTBEAT_SECONDS: integer(1, 300).default(5).describe('How often this replica reports'),
  INFERENCE_OBSERVE_MS: integer(50, 600_000)
    .default(5_000)
    .describe('How often it is told what each arm has answered, while there are several'),
  INFERENCE_RETRY_MS: integer(10, 60_000).default(1_000).describe('Pause between tries to read an artifact'),
  INFERENCE_WORKERS: integer(1, 64).default(defaultWorkers).describe('Threads that run a model beside one another'),
  INFERENCE_MAX_BATCH_ROWS: integer(1, 10_000).default(256).describe('Rows of one run of a model'),
  INFERENCE_MAX_QUEUE_DELAY_MS: integer(0, 10_000)
    .default(0)
    .describe('How long a request may wait for others to fill its batch'),
  INFERENCE_THREADS: integer(1, 64).default(1).describe('Threads within one operator of a model'),
  INFERENCE_MAX_ROWS: integer(1, 1_000_000).default(10_000).describe('Rows of one request'),
  INFERENCE_MAX_QUEUED_ROWS: integer(1, 10_000_000).default(20_000).describe('Rows that wait for a model; then 429'),
  INFERENCE_MODEL_MEMORY_MB: integer(16, 16_777_216)
    .optional()
    .describe('Memory that models may take, in MiB; without it there is no limit'),
  INFERENCE_MODEL_WAIT_MS: integer(0, 600_000)
    .default(5_000)
    .describe('How long a request waits for memory while no model may leave it; then 503'),
  PREDICTION_RETENTION_DAYS: integer(1, 3_650).default(90).describe('How long stored predictions are kept'),
  PREDICTION_LOG_CAPACITY: integer(1, 10_000_000).default(50_000).describe('Predictions kept while the broker is away'),
  PREDICTION_LOG_INTERVAL_MS: integer(10, 60_000).default(200).describe('How often predictions are published'),
  ...mlflowFields,
});

export const inferenceConfigSchema = fields.superRefine((config, context) => {
  for (const { variable, rule } of mlflowConflicts(config)) {
    context.addIssue({ code: 'custom', path: [variable], message: rule });
  }
});

export type InferenceConfig = z.output<typeof inferenceConfigSchema>;
