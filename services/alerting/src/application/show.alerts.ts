import { ServiceError } from '@perennial/service';
import type { Incident } from '../domain/incident';
import type { Notification } from '../domain/notification';
import type { AlertFilter, AlertStore, NotificationStore } from './alert.stores';

export type AlertView = Incident & { correlationId: string; notifications: Notification[] };

/** What people and the command line read. */
export class ShowAlerts {
  constructor(
    private readonly alerts: AlertStore,
    private readonly notifications: NotificationStore,
  ) {}

  async list(filter: AlertFilter): Promise<(Incident & { correlationId: string })[]> {
    return (await this.alerts.list(filter)).map(({ incident, correlationId }) => ({ ...incident, correlationId }));
  }

  /** Throws ALERT_NOT_FOUND. */
  async one(alertId: string): Promise<AlertView> {
    const stored = await this.alerts.alert(alertId);
    if (!stored) throw new ServiceError('ALERT_NOT_FOUND', 404, `No alert has the id ${alertId}`, { alertId });
    const notifications = (await this.notifications.ofAlert(alertId)).map(({ notification }) => notification);
    return { ...stored.incident, correlationId: stored.correlationId, notifications };
  }
}
