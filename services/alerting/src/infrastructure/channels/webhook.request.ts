import { createHmac } from 'node:crypto';
import type { Incident } from '../../domain/incident';
import type { Action } from '../../domain/notification';
import { linksOf } from './alert.links';

export interface WebhookRequest {
  body: string;
  headers: Record<string, string>;
}

/** A secret as Standard Webhooks writes it (`whsec_` and base64), or any other text as it is. */
export const secretBytes = (secret: string): Buffer =>
  secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret, 'utf8');

/** Standard Webhooks: base64 of HMAC-SHA256 over `id.timestamp.body`; the timestamp in whole seconds. */
export function signature(secret: string, id: string, timestamp: number, body: string): string {
  const digest = createHmac('sha256', secretBytes(secret)).update(`${id}.${timestamp}.${body}`).digest('base64');
  return `v1,${digest}`;
}

/** `id` stays the same over all tries of one notification: a receiver may de-duplicate by it. `now` in epoch ms. */
export function webhookRequest(
  incident: Incident,
  action: Action,
  id: string,
  now: number,
  { secret, publicUrl }: { secret?: string; publicUrl?: string },
): WebhookRequest {
  const timestamp = Math.floor(now / 1000);
  const data = { ...incident, links: linksOf(incident, publicUrl) };
  const body = JSON.stringify({ type: `alert.${action}`, timestamp: new Date(now).toISOString(), data });
  const signed: Record<string, string> =
    secret === undefined ? {} : { 'webhook-signature': signature(secret, id, timestamp, body) };
  return {
    body,
    headers: {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': String(timestamp),
      ...signed,
    },
  };
}
