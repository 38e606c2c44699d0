import type { EventContract } from '@perennial/contracts';
import type { ConsumerGroup, DocumentChange, History, ObservedDocument, ObservedEvent } from '../history/history';

/** What each service of the made-up installation handles. */
export type Subscriptions = Readonly<Record<string, readonly EventContract<never>[]>>;

export interface Emission {
  readonly service: string;
  readonly cause: ObservedEvent | null;
  readonly correlationId: string;
}

const partitions = 4;
const startOfTime = Date.parse('2026-03-02T00:00:00.000Z');

function partitionOf(key: string): number {
  let sum = 0;
  for (const character of key) sum = (sum * 31 + character.charCodeAt(0)) % 1_000_003;
  return sum % partitions;
}

/** Writes down what an installation without faults leaves behind: events, outboxes, inboxes, offsets, documents. */
export class InstallationRecorder {
  readonly events: ObservedEvent[] = [];
  private readonly changes: DocumentChange[] = [];
  private readonly ends = new Map<string, number>();
  private readonly outbox = new Map<string, ObservedDocument[]>();
  private readonly lanes = new Map<string, Map<string, number>>();
  private readonly inbox = new Map<string, ObservedDocument[]>();
  private readonly stored = new Map<string, Map<string, ObservedDocument>>();

  constructor(private readonly subscriptions: Subscriptions) {}

  /** Commits an event to the outbox of its service, publishes it, and lets every group that handles it take it. */
  emit<T>(contract: EventContract<T>, data: object, { service, cause, correlationId }: Emission): ObservedEvent {
    const key = contract.key(data as T);
    const number = this.events.length + 1;
    const event = {
      ...this.place(contract.topic.name, key),
      id: `e${number}`,
      source: service.startsWith('/') ? service : `/perennial/${service}`,
      type: contract.type,
      time: new Date(startOfTime + number * 1000).toISOString(),
      correlationId,
      causationId: cause?.id ?? null,
      data,
    };
    this.events.push(event);
    if (!service.startsWith('/')) this.commit(service, event);
    this.deliver(event);
    return event;
  }

  /** The same record once more, as a relay that crashed before it could mark it publishes it. */
  repeat(event: ObservedEvent): void {
    this.events.push({ ...event, ...this.place(event.topic, event.key ?? '') });
  }

  store(collection: string, id: string, content: object): void {
    const documents = this.stored.get(collection) ?? new Map<string, ObservedDocument>();
    const before = documents.get(id) ?? null;
    const after = { id, revision: (before?.revision ?? 0) + 1, content };
    this.changes.push({ collection, id, before, after });
    documents.set(id, after);
    this.stored.set(collection, documents);
  }

  history(): Pick<History, 'events' | 'changes' | 'documents' | 'groups' | 'deadLetters'> {
    return {
      events: this.events,
      changes: this.changes,
      documents: this.documents(),
      groups: this.groups(),
      deadLetters: [],
    };
  }

  private place(topic: string, key: string) {
    const partition = partitionOf(key);
    const place = `${topic}/${partition}`;
    const offset = this.ends.get(place) ?? 0;
    this.ends.set(place, offset + 1);
    return { topic, partition, offset, key };
  }

  private commit(service: string, { id, topic, key }: ObservedEvent): void {
    const lane = `${topic}\n${key}`;
    const lanes = this.lanes.get(service) ?? new Map<string, number>();
    const sequence = (lanes.get(lane) ?? 0) + 1;
    this.lanes.set(service, lanes.set(lane, sequence));
    const content = { id, topic, key, lane, sequence, publishedAt: new Date(startOfTime) };
    const entries = this.outbox.get(service) ?? [];
    this.outbox.set(service, [...entries, { id: `o-${id}`, revision: null, content }]);
  }

  private deliver({ source, id, type }: ObservedEvent): void {
    for (const [service, contracts] of Object.entries(this.subscriptions)) {
      if (!contracts.some((contract) => contract.type === type)) continue;
      const mark = { id: JSON.stringify([service, source, id]), revision: null, content: {} };
      this.inbox.set(service, [...(this.inbox.get(service) ?? []), mark]);
    }
  }

  private groups(): ConsumerGroup[] {
    return Object.entries(this.subscriptions).map(([service, contracts]) => {
      const read = new Set(contracts.map(({ topic }) => topic.name));
      const committed = [...this.ends].flatMap(([place, offset]) => {
        const cut = place.lastIndexOf('/');
        const [topic, partition] = [place.slice(0, cut), Number(place.slice(cut + 1))];
        return read.has(topic) ? [{ topic, partition, offset }] : [];
      });
      return { group: service, service, handles: contracts.map(({ type }) => type), committed };
    });
  }

  private documents(): Record<string, readonly ObservedDocument[]> {
    const all: Record<string, readonly ObservedDocument[]> = {};
    for (const [collection, documents] of this.stored) all[collection] = [...documents.values()];
    for (const [service, entries] of this.outbox) {
      const numbers = [...(this.lanes.get(service) ?? [])];
      all[`${service}_outbox`] = entries;
      all[`${service}_outbox_sequences`] = numbers.map(([id, last]) => ({ id, revision: null, content: { last } }));
      all[`${service}_outbox_positions`] = numbers.map(([id, published]) => ({
        id,
        revision: null,
        content: { published },
      }));
    }
    for (const service of Object.keys(this.subscriptions)) all[`${service}_inbox`] = this.inbox.get(service) ?? [];
    return all;
  }
}
