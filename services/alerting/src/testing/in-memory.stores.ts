import { ConflictError, type Transaction } from '@perennial/messaging';
import { transactionOf } from '@perennial/messaging/testing';
import type {
  AlertFilter,
  AlertStore,
  NotificationStore,
  StoredAlert,
  StoredNotification,
  StoredWatch,
} from '../application/alert.stores';
import type { IncidentKind } from '../domain/incident';
import type { Notification } from '../domain/notification';

function check(known: { revision: number } | undefined, revision: number): void {
  if ((known?.revision ?? 0) !== revision) throw new ConflictError('was changed meanwhile');
}

export class InMemoryAlertStore implements AlertStore {
  readonly alerts = new Map<string, StoredAlert>();
  private readonly watches = new Map<string, { openAlertId: string | null } & StoredWatch>();

  async watch(pipeline: string, kind: IncidentKind): Promise<StoredWatch> {
    const known = this.watches.get(`${pipeline}/${kind}`);
    if (!known) return { watch: { open: null, recovered: null }, alert: null, revision: 0 };
    const alert = known.openAlertId === null ? null : (this.alerts.get(known.openAlertId) ?? null);
    return { watch: { ...known.watch, open: alert?.incident ?? null }, alert, revision: known.revision };
  }

  async saveWatch(pipeline: string, kind: IncidentKind, stored: StoredWatch, transaction: Transaction): Promise<void> {
    const id = `${pipeline}/${kind}`;
    check(this.watches.get(id), stored.revision);
    const openAlertId = stored.watch.open?.alertId ?? null;
    const next = { ...stored, openAlertId, revision: stored.revision + 1 };
    transactionOf(transaction).onCommit(() => this.watches.set(id, next));
  }

  async holds(pipeline: string, kind: IncidentKind, key: string): Promise<boolean> {
    return [...this.alerts.values()].some(
      ({ incident }) =>
        incident.pipeline === pipeline &&
        incident.kind === kind &&
        incident.occurrences.some((occurrence) => occurrence.key === key),
    );
  }

  async saveAlert(alert: StoredAlert, transaction: Transaction): Promise<void> {
    const { alertId } = alert.incident;
    check(this.alerts.get(alertId), alert.revision);
    const next = { ...alert, revision: alert.revision + 1 };
    transactionOf(transaction).onCommit(() => this.alerts.set(alertId, next));
  }

  async alert(alertId: string): Promise<StoredAlert | null> {
    return this.alerts.get(alertId) ?? null;
  }

  async list({ pipeline, state, limit }: AlertFilter): Promise<StoredAlert[]> {
    return [...this.alerts.values()]
      .filter(({ incident }) => pipeline === undefined || incident.pipeline === pipeline)
      .filter(({ incident }) => state === undefined || incident.state === state)
      .sort((a, b) => (a.incident.openedAt < b.incident.openedAt ? 1 : -1))
      .slice(0, limit);
  }
}

export class InMemoryNotificationStore implements NotificationStore {
  readonly notifications = new Map<string, StoredNotification>();

  async add(notifications: readonly Notification[], transaction: Transaction): Promise<void> {
    for (const notification of notifications) check(this.notifications.get(notification.notificationId), 0);
    transactionOf(transaction).onCommit(() => {
      for (const each of notifications)
        this.notifications.set(each.notificationId, { notification: each, revision: 1 });
    });
  }

  async ofAlert(alertId: string): Promise<StoredNotification[]> {
    return [...this.notifications.values()].filter(({ notification }) => notification.alertId === alertId);
  }

  async due(channel: string, now: number, limit: number): Promise<StoredNotification[]> {
    return [...this.notifications.values()]
      .filter(({ notification }) => notification.channel === channel && notification.state === 'pending')
      .filter(({ notification }) => notification.nextTryAt <= now)
      .sort((a, b) => a.notification.createdAt - b.notification.createdAt)
      .slice(0, limit);
  }

  async save({ notification, revision }: StoredNotification, transaction: Transaction): Promise<void> {
    const id = notification.notificationId;
    check(this.notifications.get(id), revision);
    transactionOf(transaction).onCommit(() => this.notifications.set(id, { notification, revision: revision + 1 }));
  }

  async defer(notificationId: string, until: number): Promise<void> {
    const known = this.notifications.get(notificationId);
    if (!known) return;
    const notification = { ...known.notification, nextTryAt: until };
    this.notifications.set(notificationId, { notification, revision: known.revision + 1 });
  }
}
