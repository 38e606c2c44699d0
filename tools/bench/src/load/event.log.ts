import { randomUUID } from 'node:crypto';
import { topics } from '@perennial/contracts';
import { decodeEnvelope, type RunningConsumer, silentLogger } from '@perennial/messaging';
import { kafkaConfigSchema, KafkaConsumer } from '@perennial/messaging-kafka';

/** Records, predictions and heartbeats are many and decide nothing of a cycle. */
const { records: _records, predictions: _predictions, replicas: _replicas, ...followed } = topics;

export interface LoggedEvent {
  readonly id: string;
  /** The last part of its type. */
  readonly name: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** Milliseconds since 1970: when it was made, and when the broker stored it. */
  readonly madeAt: number;
  readonly storedAt: number;
  readonly correlationId: string;
  readonly causationId: string | null;
  readonly data: Readonly<Record<string, unknown>>;
}

/** What the platform told, from now on. */
export class EventLog {
  readonly events: LoggedEvent[] = [];
  private readonly waiting = new Set<() => void>();
  private consumer: RunningConsumer | undefined;

  static async follow(broker: string): Promise<EventLog> {
    const log = new EventLog();
    const config = kafkaConfigSchema.parse({ brokers: [broker] });
    log.consumer = await new KafkaConsumer(config, silentLogger).run({
      group: `load-${randomUUID()}`,
      topics: Object.values(followed).map(({ name }) => name),
      onRecord: async (record) => {
        const { id, type, time = '', correlationid, causationid, data } = decodeEnvelope(record);
        const { topic, partition, offset, timestamp: storedAt } = record;
        log.events.push({
          ...{ id, topic, partition, offset, storedAt, madeAt: Date.parse(time) },
          name: type.split('.').at(-1) ?? type,
          correlationId: correlationid,
          causationId: causationid ?? null,
          data: data as Record<string, unknown>,
        });
        log.waiting.forEach((look) => look());
      },
    });
    return log;
  }

  /** Resolves with what the probe finds, as soon as it does. Rejects after the limit. */
  until<T>(what: string, limitMs: number, probe: (events: readonly LoggedEvent[]) => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (settle: () => void) => {
        clearTimeout(timer);
        this.waiting.delete(look);
        settle();
      };
      const look = () => {
        const found = probe(this.events);
        if (found !== undefined) end(() => resolve(found));
      };
      const timer = setTimeout(
        () => end(() => reject(new Error(`${what} did not come within ${limitMs} ms`))),
        limitMs,
      );
      this.waiting.add(look);
      look();
    });
  }

  async stop(): Promise<void> {
    await this.consumer?.stop();
  }
}
