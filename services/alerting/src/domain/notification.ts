export type Action = 'trigger' | 'acknowledge' | 'resolve';

export type NotificationState = 'pending' | 'sent' | 'failed' | 'skipped';

/** One message of one alert to one channel. */
export interface Notification {
  notificationId: string;
  alertId: string;
  channel: string;
  action: Action;
  state: NotificationState;
  tries: number;
  /** Epoch milliseconds. */
  nextTryAt: number;
  createdAt: number;
  /** Why the last try failed, or why none was made. */
  reason: string | null;
  /** Until then a try without an answer may still reach the sink, in epoch milliseconds. */
  lateUntil: number | null;
}

/** A channel is told of an alert in this order. */
const ORDER: Record<Action, number> = { trigger: 1, acknowledge: 2, resolve: 3 };

export interface ChannelAbilities {
  /** Undefined where the channel is not configured. */
  abilities(channel: string): readonly Action[] | undefined;
}

const CHANNEL_MISSING = 'the channel is not configured';

export function newNotification(
  { alertId, channel, action }: Pick<Notification, 'alertId' | 'channel' | 'action'>,
  channels: ChannelAbilities,
  now: number,
): Notification {
  const missing = channels.abilities(channel) === undefined;
  return {
    notificationId: `${alertId}.${channel}.${action}`,
    alertId,
    channel,
    action,
    state: missing ? 'skipped' : 'pending',
    tries: 0,
    nextTryAt: now,
    createdAt: now,
    reason: missing ? CHANNEL_MISSING : null,
    lateUntil: null,
  };
}

/** Follow-ups go to every channel that was told of the alert and knows the action. */
export function followUps(
  triggers: readonly Notification[],
  action: Exclude<Action, 'trigger'>,
  channels: ChannelAbilities,
  now: number,
): Notification[] {
  return triggers
    .filter(({ channel }) => channels.abilities(channel)?.includes(action) ?? action === 'resolve')
    .map(({ alertId, channel }) => newNotification({ alertId, channel, action }, channels, now));
}

/** `skip` says why it will never go out; `waitUntil` is when to look again, in epoch milliseconds. */
export type Readiness = { send: true } | { send: false; skip: string } | { send: false; waitUntil: number };

/**
 * Whether a pending notification may go out, given the others of the same alert and channel. One that ends the alert
 * waits for tries without an answer: a trigger that arrived after it would open the incident again, and page again.
 */
export function readiness(notification: Notification, siblings: readonly Notification[], now: number): Readiness {
  const before = siblings.filter(({ action }) => ORDER[action] < ORDER[notification.action]);
  const trigger = before.find(({ action }) => action === 'trigger');
  if (trigger && (trigger.state === 'failed' || trigger.state === 'skipped')) {
    return { send: false, skip: 'the channel was never told of the alert' };
  }
  const waitFor = before.find(({ state }) => state === 'pending');
  if (waitFor) return { send: false, waitUntil: Math.max(waitFor.nextTryAt, now) + 1 };
  const late = notification.action === 'resolve' ? Math.max(...before.map(({ lateUntil }) => lateUntil ?? 0)) : 0;
  return late > now ? { send: false, waitUntil: late + 1 } : { send: true };
}
