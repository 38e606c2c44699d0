import { configField } from '@perennial/service';
import { z } from 'zod';

const { integer, url } = configField;

export const evaluatorConfigSchema = z.object({
  FEATURE_STORE_URL: url.default('http://127.0.0.1:6566').describe('Where the feature store answers'),
  PROMOTION_WAIT_SECONDS: integer(1, 86_400)
    .default(300)
    .describe('How long the next day waits for a promoted model; twice the rollout timeout if that is longer'),
  BOOTSTRAP_RESAMPLES: integer(1, 100_000).default(1_000).describe('Resamples behind each interval'),
  JUDGEMENT_POLL_MS: integer(10, 60_000).default(500),
  JUDGEMENT_MAX_TRIES: integer(1, 100).default(5).describe('Tries after errors of unknown kind'),
});

export type EvaluatorConfig = z.output<typeof evaluatorConfigSchema>;
