import type { Clock } from '@perennial/messaging';
import type { AlertingConfig } from '../alerting.config';
import type { Channel } from '../application/channel';
import { emailChannel } from './channels/email.channel';
import { pagerDutyChannel } from './channels/pagerduty.channel';
import { slackChannel } from './channels/slack.channel';
import { webhookChannel } from './channels/webhook.channel';

/** One channel for each sink whose variables are set. */
export function configuredChannels(config: AlertingConfig, clock: Clock): Channel[] {
  const shared = {
    publicUrl: config.PUBLIC_URL,
    timeoutMs: config.NOTIFICATION_TIMEOUT_MS,
    now: () => clock.now().getTime(),
  };
  const channels: Channel[] = [];
  if (config.PAGERDUTY_ROUTING_KEY !== undefined) {
    channels.push(pagerDutyChannel({ ...shared, url: config.PAGERDUTY_URL, routingKey: config.PAGERDUTY_ROUTING_KEY }));
  }
  if (config.SLACK_WEBHOOK_URL !== undefined) channels.push(slackChannel({ ...shared, url: config.SLACK_WEBHOOK_URL }));
  const { SMTP_URL: smtpUrl, ALERT_EMAIL_FROM: from, ALERT_EMAIL_TO: to } = config;
  if (smtpUrl !== undefined && from !== undefined && to !== undefined) {
    channels.push(emailChannel({ ...shared, smtpUrl, from, to }));
  }
  if (config.WEBHOOK_URL !== undefined) {
    channels.push(webhookChannel({ ...shared, url: config.WEBHOOK_URL, secret: config.WEBHOOK_SECRET }));
  }
  return channels;
}
