import { ENVIRONMENT_OVERRIDES } from '@perennial/pipeline';

type Environment = Readonly<Record<string, string | undefined>>;

const foreign = /^(KAFKA_|MONGO_|PAGERDUTY_|SLACK_|SMTP_|ALERT_EMAIL_|WEBHOOK_|PIPELINES$|GROUP_SUFFIX$|PUBLIC_URL$)/;

/**
 * The caller's variables without those that would change the story: overrides of the pipeline, servers and alert
 * channels of another installation.
 */
export function demoEnvironment(
  inherited: Environment,
  additional: Readonly<Record<string, string>>,
): NodeJS.ProcessEnv {
  const overrides = new Set<string>(Object.keys(ENVIRONMENT_OVERRIDES));
  const kept = Object.entries(inherited).filter(([name]) => !foreign.test(name) && !overrides.has(name));
  return { ...Object.fromEntries(kept), ...additional };
}
