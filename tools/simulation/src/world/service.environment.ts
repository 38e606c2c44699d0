/** Longer pauses than by default, so that idle processes take fewer steps of a run. */
const own: Record<string, Record<string, string>> = {
  ingestion: { INGESTION_CLOSING_INTERVAL_MS: '3000', INGESTION_CLOSING_PAUSE_MS: '3000' },
  preprocessing: { PREPARATION_POLL_MS: '3000' },
  evaluator: { JUDGEMENT_POLL_MS: '3000', BOOTSTRAP_RESAMPLES: '10', PROMOTION_WAIT_SECONDS: '60' },
  trainer: { TRAINER_POLL_INTERVAL_MS: '3000', TRAINER_HEARTBEAT_MS: '3000', TRAINER_RETRY_PAUSE_LIMIT_MS: '10000' },
  deployer: { DEPLOYER_INTERVAL_MS: '3000' },
  inference: {
    DEPLOYER_URL: 'http://deployer',
    INFERENCE_DESIRED_INTERVAL_MS: '5000',
    INFERENCE_HEARTBEAT_SECONDS: '5',
  },
  alerting: {
    PAGERDUTY_ROUTING_KEY: 'k'.repeat(32),
    PAGERDUTY_URL: 'http://pagerduty/v2/enqueue',
    WEBHOOK_URL: 'http://webhook/alerts',
    NOTIFICATION_POLL_MS: '3000',
    NOTIFICATION_BACKOFF_MAXIMUM_MS: '20000',
  },
};

/** Variables of a service's process; `life` names this start of it. */
export const environments = (service: string, life: string): Record<string, string> => ({
  ...own[service],
  ...(service === 'inference' && { REPLICA_ID: life }),
});
