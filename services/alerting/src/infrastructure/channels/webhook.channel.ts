import type { Channel } from '../../application/channel';
import { post } from './http.post';
import { webhookRequest } from './webhook.request';

export interface WebhookOptions {
  url: string;
  secret?: string;
  publicUrl?: string;
  timeoutMs: number;
  now: () => number;
}

export const webhookChannel = (options: WebhookOptions): Channel => ({
  name: 'webhook',
  actions: ['trigger', 'acknowledge', 'resolve'],
  send: (incident, { action, notificationId }, signal) => {
    const request = webhookRequest(incident, action, notificationId, options.now(), options);
    return post({ url: options.url, ...request }, options.timeoutMs, options.now, signal);
  },
});
