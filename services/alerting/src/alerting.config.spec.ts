import { alertingConfigSchema } from './alerting.config';

const problems = (env: Record<string, string>): string[] =>
  (alertingConfigSchema.safeParse(env).error?.issues ?? []).map(({ path, message }) => `${path.join('.')}: ${message}`);

it('needs nothing', () => {
  expect(alertingConfigSchema.parse({})).toMatchObject({
    PAGERDUTY_URL: 'https://events.pagerduty.com/v2/enqueue',
    NOTIFICATION_TIMEOUT_MS: 10_000,
  });
});

it('names every wrong variable and its rule', () => {
  const wrong = {
    PAGERDUTY_ROUTING_KEY: 'short',
    SLACK_WEBHOOK_URL: 'slack',
    SMTP_URL: 'http://x',
    NOTIFICATION_POLL_MS: '1',
  };
  expect(problems(wrong)).toEqual([
    'PAGERDUTY_ROUTING_KEY: must be the 32 characters of an Events API v2 key',
    'SLACK_WEBHOOK_URL: must be a URL that begins with http:// or https://',
    'SMTP_URL: must be a URL that begins with smtp:// or smtps://',
    'NOTIFICATION_POLL_MS: must be at least 10',
    'ALERT_EMAIL_FROM: is needed with SMTP_URL',
    'ALERT_EMAIL_TO: is needed with SMTP_URL',
  ]);
});

it('asks for the addresses of e-mails', () => {
  expect(problems({ SMTP_URL: 'smtp://127.0.0.1:25', ALERT_EMAIL_TO: 'a@b.example, c@d.example' })).toEqual([
    'ALERT_EMAIL_FROM: is needed with SMTP_URL',
  ]);
});
