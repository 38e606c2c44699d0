import { configField } from '@perennial/service';
import { z } from 'zod';

const { integer } = configField;

const url = (...protocols: string[]) =>
  z.string().refine(
    (text) => {
      try {
        return protocols.includes(new URL(text).protocol);
      } catch {
        return false;
      }
    },
    `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
  );

const http = url('http:', 'https:');
const addresses = z
  .string()
  .transform((text) =>
    text
      .split(',')
      .map((address) => address.trim())
      .filter(Boolean),
  )
  .pipe(z.array(z.string().regex(/@/, 'must be e-mail addresses, separated by commas')).min(1));

/** A channel is configured when its variables are. */
export const alertingConfigSchema = z
  .object({
    PAGERDUTY_ROUTING_KEY: z.string().length(32, 'must be the 32 characters of an Events API v2 key').optional(),
    PAGERDUTY_URL: http.default('https://events.pagerduty.com/v2/enqueue'),
    SLACK_WEBHOOK_URL: http.optional(),
    SMTP_URL: url('smtp:', 'smtps:').optional(),
    ALERT_EMAIL_FROM: z.string().regex(/@/, 'must be an e-mail address').optional(),
    ALERT_EMAIL_TO: addresses.optional(),
    WEBHOOK_URL: http.optional(),
    WEBHOOK_SECRET: z.string().optional(),
    /** Where people reach the platform's API; alerts link to it. */
    PUBLIC_URL: http.optional(),
    NOTIFICATION_TIMEOUT_MS: integer(100, 120_000).default(10_000),
    NOTIFICATION_POLL_MS: integer(10, 60_000).default(500),
    NOTIFICATION_BACKOFF_MS: integer(1, 600_000).default(1_000),
    NOTIFICATION_BACKOFF_MAXIMUM_MS: integer(1, 3_600_000).default(300_000),
    /** How long a request that was not answered may still reach its sink; so long the alert's end waits. */
    NOTIFICATION_LATE_MS: integer(0, 3_600_000).default(120_000),
  })
  .superRefine((config, context) => {
    if (config.SMTP_URL === undefined) return;
    for (const variable of ['ALERT_EMAIL_FROM', 'ALERT_EMAIL_TO'] as const) {
      if (config[variable] !== undefined) continue;
      context.addIssue({ code: 'custom', path: [variable], message: 'is needed with SMTP_URL' });
    }
  });

export type AlertingConfig = z.output<typeof alertingConfigSchema>;
