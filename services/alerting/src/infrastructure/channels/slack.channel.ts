import type { Channel } from '../../application/channel';
import { post } from './http.post';
import { slackMessage } from './slack.message';

export interface SlackOptions {
  url: string;
  publicUrl?: string;
  timeoutMs: number;
  now: () => number;
}

export const slackChannel = (options: SlackOptions): Channel => ({
  name: 'slack',
  actions: ['trigger', 'resolve'],
  send: (incident, { action }, signal) => {
    const body = JSON.stringify(slackMessage(incident, action, options.publicUrl));
    const headers = { 'content-type': 'application/json' };
    return post({ url: options.url, body, headers }, options.timeoutMs, options.now, signal);
  },
});
