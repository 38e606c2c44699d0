import {
  silentLogger,
  Transactor,
  type EventEnvelope,
  type OutgoingEvent,
  type Transaction,
} from '@perennial/messaging';
import { InMemoryUnitOfWork } from '@perennial/messaging/testing';
import type { Pipeline } from '@perennial/pipeline';
import { AcknowledgeAlert } from '../application/acknowledge.alert';
import { Channels, type Channel } from '../application/channel';
import { DeliverNotifications } from '../application/deliver.notifications';
import { RecordIncidents, type Signal } from '../application/record.incidents';
import { WatchPipelines } from '../application/watch.pipelines';
import { InMemoryAlertStore, InMemoryNotificationStore } from './in-memory.stores';

const pipeline = (name: string, channels: string[]): Pipeline =>
  ({
    name,
    alerts: { routes: { critical: channels, error: channels, warning: channels, info: channels } },
  }) as unknown as Pipeline;

/** The application on in-memory stores and a clock that the test moves. */
export class AlertingFlow {
  now = Date.parse('2026-01-06T00:00:00.000Z');
  readonly alerts = new InMemoryAlertStore();
  readonly notifications = new InMemoryNotificationStore();
  readonly unitOfWork = new InMemoryUnitOfWork();
  readonly emitted: OutgoingEvent[] = [];
  readonly watch: WatchPipelines;
  readonly deliver: DeliverNotifications;
  readonly acknowledge: AcknowledgeAlert;
  readonly tries: string[] = [];
  private count = 0;

  constructor(
    private readonly channels: Channel[],
    routes = channels.map(({ name }) => name),
  ) {
    const known = new Channels(channels);
    const pipelines = new Map([['credit-default', pipeline('credit-default', routes)]]);
    const clock = { now: () => new Date(this.now) };
    const stamp = { source: '/perennial/alerting', clock, newId: () => `id-${++this.count}` };
    const transactor = new Transactor(this.unitOfWork, stamp);
    this.watch = new WatchPipelines(new RecordIncidents(this.alerts, this.notifications, known, pipelines));
    this.acknowledge = new AcknowledgeAlert(this.alerts, this.notifications, known, transactor, clock);
    this.deliver = new DeliverNotifications(this.alerts, this.notifications, transactor, clock, silentLogger, {
      retry: { initialMs: 1000, maximumMs: 60_000, lateMs: 120_000 },
      random: () => 0.5,
      observe: (channel, outcome) => this.tries.push(`${channel} ${outcome}`),
    });
  }

  /** As the messaging pipeline does: an event that was taken before changes nothing. */
  async handle<T>(handler: (signal: Signal<T>) => Promise<OutgoingEvent[]>, data: T, time: string, id = `e-${time}`) {
    const event = { id, time, correlationid: `c-${id}`, data } as EventEnvelope<T>;
    const context = { signal: new AbortController().signal, logger: silentLogger, attempt: 1 };
    await this.unitOfWork.execute({ group: 'alerting', source: 'test', id }, async (transaction: Transaction) => {
      const outgoing = await handler({ event, context: { ...context, transaction, now: () => new Date(this.now) } });
      this.emitted.push(...outgoing);
      return [];
    });
  }

  async deliverDue(): Promise<number> {
    let tried = 0;
    for (const channel of this.channels) tried += await this.deliver.due(channel, new AbortController().signal);
    return tried;
  }

  states(): Record<string, string> {
    return Object.fromEntries(
      [...this.notifications.notifications.values()].map(({ notification: { channel, action, state } }) => [
        `${channel} ${action}`,
        state,
      ]),
    );
  }

  /** Of the handlers and of the delivery, by event name. */
  announced(): string[] {
    const delivered = this.unitOfWork.outbox.map(({ headers }) => String(headers['ce_type'] ?? ''));
    return [...this.emitted.map(({ contract }) => contract.type), ...delivered].map(
      (type) => type.split('.').at(-1) ?? '',
    );
  }
}
