import type { Channel } from '../../application/channel';
import { post } from './http.post';
import { pagerDutyEvent } from './pagerduty.event';

export interface PagerDutyOptions {
  url: string;
  routingKey: string;
  publicUrl?: string;
  timeoutMs: number;
  now: () => number;
}

export const pagerDutyChannel = (options: PagerDutyOptions): Channel => ({
  name: 'pagerduty',
  actions: ['trigger', 'acknowledge', 'resolve'],
  send: (incident, { action }, signal) => {
    const body = JSON.stringify(pagerDutyEvent(incident, action, options));
    const headers = { 'content-type': 'application/json' };
    return post({ url: options.url, body, headers }, options.timeoutMs, options.now, signal);
  },
});
