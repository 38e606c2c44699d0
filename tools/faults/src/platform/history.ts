import { randomUUID } from 'node:crypto';
import {
  type BrokerRecord,
  deadLetterHeaders,
  DecodeError,
  decodeEnvelope,
  type EventEnvelope,
  firstVersionOf,
  type RunningConsumer,
  silentLogger,
} from '@perennial/messaging';
import { deadLetterTopic, topics } from '@perennial/contracts';
import { excerpt } from '@perennial/integrity';
import { type KafkaConfig, KafkaConsumer } from '@perennial/messaging-kafka';
import { belongsTo, type HistoryEvent } from '../evidence/history.event';
import type { Evidence } from '../evidence/evidence';

/** Heartbeats and predictions come without end and decide nothing of a day. */
const { replicas: _replicas, predictions: _predictions, ...told } = topics;
const followedTopics = Object.values(told).map(({ name }) => name);

type DeadLetterEntry = Evidence['deadLetters'][number] & { readonly data: unknown };

/**
 * Reads the platform's topics from their beginning and tells distinct events from repeated deliveries. Events of all
 * versions are told by the type of the first.
 */
export class History {
  private readonly distinct = new Map<string, HistoryEvent>();
  private readonly deliveries = new Map<string, number>();
  private readonly letters: DeadLetterEntry[] = [];
  private readonly listeners = new Set<(event: HistoryEvent) => void>();
  private consumer: RunningConsumer | undefined;

  static async start(config: KafkaConfig): Promise<History> {
    const history = new History();
    history.consumer = await new KafkaConsumer(config, silentLogger).run({
      group: `history-${randomUUID()}`,
      topics: followedTopics.flatMap((topic) => [topic, deadLetterTopic(topic)]),
      onRecord: async (record) => history.take(record),
    });
    return history;
  }

  async stop(): Promise<void> {
    await this.consumer?.stop();
  }

  /** Distinct events of a pipeline, in the order in which each was read first. */
  eventsOf(pipeline: string): HistoryEvent[] {
    return [...this.distinct.values()].filter(({ data }) => belongsTo(data, pipeline));
  }

  deadLettersOf(pipeline: string): Evidence['deadLetters'] {
    return this.letters
      .filter(({ data }) => belongsTo(data, pipeline))
      .map(({ topic, code, message }) => ({ topic, code, message }));
  }

  /** How often the event was read. */
  deliveriesOf({ id }: HistoryEvent): number {
    return this.deliveries.get(id) ?? 0;
  }

  /** Calls back at the first delivery of each event; returns what ends it. */
  onEvent(listener: (event: HistoryEvent) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  /** Waits until the condition holds for the pipeline's events. @throws Error with the end of their history */
  async until(
    pipeline: string,
    what: string,
    holds: (events: HistoryEvent[]) => boolean,
    limitMs: number,
  ): Promise<HistoryEvent[]> {
    const deadline = performance.now() + limitMs;
    for (;;) {
      const events = this.eventsOf(pipeline);
      if (holds(events)) return events;
      if (performance.now() > deadline) {
        throw new Error(
          `${pipeline}: ${what} did not come within ${limitMs} ms; the last events:\n${excerpt(events, [])}`,
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  private take(record: BrokerRecord): void {
    const envelope = readable(record);
    const { topic, partition, offset, headers } = record;
    if (topic.endsWith(deadLetterTopic(''))) {
      const text = (name: string) => headers[name]?.toString('utf8') ?? '';
      const [code, message] = [text(deadLetterHeaders.code), text(deadLetterHeaders.message)];
      this.letters.push({ topic: text(deadLetterHeaders.topic), code, message, data: envelope?.data });
      return;
    }
    if (!envelope) return;
    const { id, time = '', data } = envelope;
    const type = firstVersionOf(envelope.type) ?? envelope.type;
    this.deliveries.set(id, (this.deliveries.get(id) ?? 0) + 1);
    if (this.distinct.has(id)) return;
    const observed = {
      ...{ id, type, time, data, topic, partition, offset: Number(offset), key: record.key?.toString('utf8') ?? null },
      ...{ source: envelope.source, correlationId: envelope.correlationid, causationId: envelope.causationid ?? null },
    };
    const event = { id, type, time, position: `${topic}/${partition}/${offset}`, data, observed };
    this.distinct.set(id, event);
    for (const listener of this.listeners) listener(event);
  }
}

/** Null for what is no event: scenarios send that too. */
export function readable(record: BrokerRecord): EventEnvelope | null {
  try {
    return decodeEnvelope(record);
  } catch (error) {
    if (error instanceof DecodeError) return null;
    throw error;
  }
}
