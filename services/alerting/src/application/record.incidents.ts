import { alertRaisedV1, alertResolvedV1 } from '@perennial/contracts';
import {
  emit,
  type EventEnvelope,
  type HandlerContext,
  type OutgoingEvent,
  type Transaction,
} from '@perennial/messaging';
import type { Pipeline } from '@perennial/pipeline';
import { channelsFor } from '../domain/alert.routes';
import type { Failure, Incident, IncidentEvent, Recovery } from '../domain/incident';
import { evolve, onFailure, onRecovery, remember } from '../domain/incident.decider';
import { followUps, newNotification } from '../domain/notification';
import type { AlertStore, NotificationStore, StoredWatch } from './alert.stores';
import type { Channels } from './channel';

export interface Signal<T> {
  event: EventEnvelope<T>;
  context: HandlerContext;
}

/** When the event happened, in UTC with milliseconds. */
const instantOf = ({ event, context }: Signal<unknown>): string =>
  (event.time === undefined ? context.now() : new Date(event.time)).toISOString();

/** Opens, extends and resolves incidents, and records who is to be told, in the handler's transaction. */
export class RecordIncidents {
  constructor(
    private readonly alerts: AlertStore,
    private readonly notifications: NotificationStore,
    private readonly channels: Channels,
    private readonly pipelines: ReadonlyMap<string, Pipeline>,
  ) {}

  /** A pipeline that is not declared here belongs to another installation on the broker, which tells its own people. */
  async failure<T>(signal: Signal<T>, describe: (data: T, at: string) => Failure): Promise<OutgoingEvent[]> {
    const { transaction, logger } = signal.context;
    const failure = describe(signal.event.data, instantOf(signal));
    const { pipeline, kind, key } = failure;
    if (!this.pipelines.has(pipeline)) {
      logger.warn({ pipeline, kind, key }, 'a failure of a pipeline that is not declared here is left to others');
      return [];
    }
    const stored = await this.alerts.watch(pipeline, kind, transaction);
    if (await this.alerts.holds(pipeline, kind, key, transaction)) return [];
    return this.apply(stored, onFailure(stored.watch, failure), failure, signal);
  }

  async recoveries<T>(signal: Signal<T>, describe: (data: T, at: string) => Recovery[]): Promise<OutgoingEvent[]> {
    const outgoing: OutgoingEvent[] = [];
    for (const recovery of describe(signal.event.data, instantOf(signal))) {
      const stored = await this.alerts.watch(recovery.pipeline, recovery.kind, signal.context.transaction);
      const events = onRecovery(stored.watch, recovery);
      const remembered = { ...stored, watch: remember(stored.watch, recovery) };
      outgoing.push(...(await this.apply(remembered, events, recovery, signal)));
    }
    return outgoing;
  }

  /** The watch is saved whatever happened: two handlers of one pipeline and kind must not pass each other. */
  private async apply(
    stored: StoredWatch,
    events: readonly IncidentEvent[],
    { pipeline, kind }: Failure | Recovery,
    { event, context }: Signal<unknown>,
  ): Promise<OutgoingEvent[]> {
    const { transaction } = context;
    const incident = events.reduce<Incident | null>(evolve, stored.watch.open);
    const open = incident && incident.state !== 'resolved' ? incident : null;
    await this.alerts.saveWatch(pipeline, kind, { ...stored, watch: { ...stored.watch, open } }, transaction);
    if (!incident || events.length === 0) return [];
    const { correlationId, revision } = stored.alert ?? { correlationId: event.correlationid, revision: 0 };
    await this.alerts.saveAlert({ incident, correlationId, revision }, transaction);
    await this.notify(incident, events, context.now().getTime(), transaction);
    return events.flatMap((each) => announce(incident, each));
  }

  private async notify(incident: Incident, events: readonly IncidentEvent[], now: number, transaction: Transaction) {
    const { alertId } = incident;
    const types = events.map(({ type }) => type);
    const triggers = types.includes('raised')
      ? this.routes(incident).map((channel) =>
          newNotification({ alertId, channel, action: 'trigger' }, this.channels, now),
        )
      : (await this.notifications.ofAlert(alertId, transaction))
          .map(({ notification }) => notification)
          .filter(({ action }) => action === 'trigger');
    const created = types.includes('raised') ? triggers : [];
    const resolves = types.includes('resolved') ? followUps(triggers, 'resolve', this.channels, now) : [];
    await this.notifications.add([...created, ...resolves], transaction);
  }

  private routes({ pipeline, severity }: Incident): string[] {
    const declared = this.pipelines.get(pipeline);
    return declared ? channelsFor(declared.alerts.routes, severity) : [];
  }
}

function announce(incident: Incident, event: IncidentEvent): OutgoingEvent[] {
  const { alertId, pipeline, dedupKey, kind, severity, summary, details } = incident;
  const identity = { alertId, pipeline, dedupKey };
  if (event.type === 'raised') return [emit(alertRaisedV1, { ...identity, kind, severity, summary, details })];
  if (event.type !== 'resolved') return [];
  return [emit(alertResolvedV1, { ...identity, resolvedBy: event.by, summary: event.summary })];
}
