import type { Clock, Transactor } from '@perennial/messaging';
import { ServiceError } from '@perennial/service';
import { evolve, onAcknowledge } from '../domain/incident.decider';
import type { Incident } from '../domain/incident';
import { followUps } from '../domain/notification';
import type { AlertStore, NotificationStore } from './alert.stores';
import type { Channels } from './channel';

/** A person says that they look after it. Channels that know the idea are told. */
export class AcknowledgeAlert {
  constructor(
    private readonly alerts: AlertStore,
    private readonly notifications: NotificationStore,
    private readonly channels: Channels,
    private readonly transactor: Transactor,
    private readonly clock: Clock,
  ) {}

  /** Throws ALERT_NOT_FOUND, and ALERT_RESOLVED where there is nothing left to look after. */
  async run(alertId: string, by: string): Promise<Incident> {
    let outcome: Incident | undefined;
    await this.transactor.transact(async (transaction) => {
      const stored = await this.alerts.alert(alertId, transaction);
      if (!stored) throw new ServiceError('ALERT_NOT_FOUND', 404, `No alert has the id ${alertId}`, { alertId });
      const { incident } = stored;
      if (incident.state === 'resolved') {
        throw new ServiceError('ALERT_RESOLVED', 409, `Alert ${alertId} is resolved already`, { alertId });
      }
      const now = this.clock.now();
      const events = onAcknowledge(incident, by, now.toISOString());
      outcome = events.reduce<Incident>(evolve, incident);
      if (events.length === 0) return [];
      await this.alerts.saveAlert({ ...stored, incident: outcome }, transaction);
      const known = (await this.notifications.ofAlert(alertId, transaction)).map(({ notification }) => notification);
      const triggers = known.filter(({ action }) => action === 'trigger');
      await this.notifications.add(followUps(triggers, 'acknowledge', this.channels, now.getTime()), transaction);
      return [];
    });
    return outcome as Incident;
  }
}
