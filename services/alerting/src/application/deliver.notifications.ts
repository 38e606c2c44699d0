import { notificationFailedV1, notificationSentV1 } from '@perennial/contracts';
import { emit, type Clock, type Logger, type OutgoingEvent, type Transactor } from '@perennial/messaging';
import { afterTry, type DeliveryResult, type RetryPolicy } from '../domain/delivery.policy';
import type { Incident } from '../domain/incident';
import { readiness, type Notification } from '../domain/notification';
import type { AlertStore, NotificationStore, StoredAlert, StoredNotification } from './alert.stores';
import type { Channel } from './channel';

const BATCH = 50;

export interface DeliveryOptions {
  retry: RetryPolicy;
  /** In [0, 1). */
  random(): number;
  /** Told of every try. */
  observe(channel: string, outcome: DeliveryResult['outcome']): void;
}

/** Sends what is due on one channel. Nobody else may work on the channel meanwhile: see the delivery worker. */
export class DeliverNotifications {
  constructor(
    private readonly alerts: AlertStore,
    private readonly notifications: NotificationStore,
    private readonly transactor: Transactor,
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly options: DeliveryOptions,
  ) {}

  async hasDue({ name }: Channel): Promise<boolean> {
    return (await this.notifications.due(name, this.now(), 1)).length > 0;
  }

  /** How many were tried. Stops between two of them when the signal is aborted. */
  async due(channel: Channel, signal: AbortSignal): Promise<number> {
    let tried = 0;
    for (const stored of await this.notifications.due(channel.name, this.now(), BATCH)) {
      if (signal.aborted) return tried;
      const alert = await this.alerts.alert(stored.notification.alertId);
      if (!alert) throw new Error(`notification ${stored.notification.notificationId} has no alert`);
      if (await this.mayGo(stored, alert)) {
        await this.send(channel, stored, alert, signal);
        tried += 1;
      }
    }
    return tried;
  }

  private async mayGo(stored: StoredNotification, alert: StoredAlert): Promise<boolean> {
    const { notification } = stored;
    const all = (await this.notifications.ofAlert(notification.alertId)).map((each) => each.notification);
    const ready = readiness(
      notification,
      all.filter(({ channel }) => channel === notification.channel),
      this.now(),
    );
    if (ready.send) return true;
    if ('waitUntil' in ready) {
      await this.notifications.defer(notification.notificationId, ready.waitUntil);
    } else {
      await this.save(
        { ...stored, notification: { ...notification, state: 'skipped', reason: ready.skip } },
        alert,
        [],
      );
    }
    return false;
  }

  private async send(channel: Channel, stored: StoredNotification, alert: StoredAlert, signal: AbortSignal) {
    const { notification } = stored;
    const result = await channel.send(alert.incident, notification, signal);
    // A try that the shutdown cut short is not held against the sink; the next owner of the channel repeats it.
    if (signal.aborted && result.outcome !== 'delivered') return;
    const { random, retry, observe } = this.options;
    observe(channel.name, result.outcome);
    const after = afterTry(notification, result, this.now(), random(), retry);
    this.log(after, result);
    await this.save({ ...stored, notification: after }, alert, announce(alert.incident, after));
  }

  private async save(stored: StoredNotification, { correlationId }: StoredAlert, outgoing: OutgoingEvent[]) {
    await this.transactor.transact(
      async (transaction) => {
        await this.notifications.save(stored, transaction);
        return outgoing;
      },
      { correlationId },
    );
  }

  private log({ notificationId, channel, state, tries, nextTryAt }: Notification, result: DeliveryResult): void {
    const fields = { notificationId, channel, state, tries };
    if (result.outcome === 'delivered') return this.logger.info(fields, 'notification sent');
    const next = state === 'pending' ? { nextTryAt: new Date(nextTryAt).toISOString() } : {};
    this.logger.warn({ ...fields, ...next, reason: result.reason }, 'notification was not delivered');
  }

  private now(): number {
    return this.clock.now().getTime();
  }
}

/** An acknowledgement is not announced: the published events know trigger and resolve. */
function announce({ alertId, pipeline, dedupKey }: Incident, notification: Notification): OutgoingEvent[] {
  const { notificationId, channel, action, tries, state, reason } = notification;
  if (action === 'acknowledge') return [];
  const fields = { alertId, pipeline, dedupKey, notificationId, channel, action, tries };
  if (state === 'sent') return [emit(notificationSentV1, fields)];
  return [emit(notificationFailedV1, { ...fields, reason: reason ?? 'unknown', final: state === 'failed' })];
}
