import { ENVIRONMENT_OVERRIDES } from '@perennial/pipeline';

const foreign =
  /^(KAFKA_|MONGO_|PAGERDUTY_|SLACK_|SMTP_|ALERT_EMAIL_|WEBHOOK_|PERENNIAL_|PIPELINES$|GROUP_SUFFIX$|PUBLIC_URL$|NODE_OPTIONS$)/;

/** Shorter pauses than by default: what is tested is the order of things, not how long they take. */
const brisk = {
  // Several platforms share the machine, and all of them are busy.
  PERENNIAL_NICENESS: '0',
  KAFKA_SESSION_TIMEOUT_MS: '6000',
  BOOTSTRAP_RESAMPLES: '50',
  TRAINER_LEASE_MS: '4000',
  NOTIFICATION_LATE_MS: '10000',
  INGESTION_CLOSING_INTERVAL_MS: '500',
  DEPLOYER_PAUSE_MS: '500',
  INFERENCE_HEARTBEAT_SECONDS: '5',
  INFERENCE_DESIRED_INTERVAL_MS: '1000',
};

/** This process's environment without servers, channels and overrides of another installation, and with `additions`. */
export function faultEnvironment(additions: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const overrides = new Set<string>(Object.keys(ENVIRONMENT_OVERRIDES));
  const kept = Object.entries(process.env).filter(([name]) => !foreign.test(name) && !overrides.has(name));
  return { ...Object.fromEntries(kept), ...brisk, ...additions };
}

/** Loads the modules before anything else in every Node process. */
export const preloadOption = (modules: readonly string[]): Record<string, string> =>
  modules.length === 0
    ? {}
    : { NODE_OPTIONS: modules.map((module) => `--require=${JSON.stringify(module)}`).join(' ') };

export const artifactsDirectory = (): string | undefined => process.env.PERENNIAL_ARTIFACTS || undefined;
