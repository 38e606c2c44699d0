import type { Pace } from './scenario';

const own = (pollMs: string): Record<string, Record<string, string>> => ({
  ingestion: { INGESTION_CLOSING_INTERVAL_MS: pollMs, INGESTION_CLOSING_PAUSE_MS: pollMs },
  preprocessing: { PREPARATION_POLL_MS: pollMs },
  evaluator: { JUDGEMENT_POLL_MS: pollMs, BOOTSTRAP_RESAMPLES: '10', PROMOTION_WAIT_SECONDS: '60' },
  trainer: {
    TRAINER_POLL_INTERVAL_MS: pollMs,
    TRAINER_HEARTBEAT_MS: '3000',
    TRAINER_RETRY_PAUSE_LIMIT_MS: '10000',
    TRAINER_CHECKPOINT_SECONDS: '1',
  },
  deployer: { DEPLOYER_INTERVAL_MS: pollMs },
  inference: {
    DEPLOYER_URL: 'http://deployer',
    INFERENCE_DESIRED_INTERVAL_MS: '5000',
    INFERENCE_HEARTBEAT_SECONDS: '5',
  },
  alerting: {
    PAGERDUTY_ROUTING_KEY: 'k'.repeat(32),
    PAGERDUTY_URL: 'http://pagerduty/v2/enqueue',
    WEBHOOK_URL: 'http://webhook/alerts',
    NOTIFICATION_POLL_MS: pollMs,
    NOTIFICATION_BACKOFF_MAXIMUM_MS: '20000',
  },
});

/** Variables of a service's process; `life` names this start of it. */
export const environments = (service: string, life: string, { pollMs }: Pace): Record<string, string> => ({
  ...own(String(pollMs))[service],
  ...(service === 'inference' && { REPLICA_ID: life }),
});
