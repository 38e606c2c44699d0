import { randomUUID } from 'node:crypto';
import { topics } from '@perennial/contracts';
import { decodeEnvelope, type RunningConsumer, silentLogger } from '@perennial/messaging';
import { kafkaConfigSchema, KafkaConsumer } from '@perennial/messaging-kafka';

const followed = [topics.batches, topics.preparedBatches, topics.views, topics.cycles, topics.runs, topics.rollouts];

export interface Arrival {
  readonly type: string;
  readonly data: Record<string, unknown>;
  /** Milliseconds since 1970 at which the broker stored it. */
  readonly at: number;
}

/** Follows what the platform tells, from now on. */
export class EventArrivals {
  readonly seen: Arrival[] = [];
  private consumer: RunningConsumer | undefined;

  async start(broker: string): Promise<void> {
    const config = kafkaConfigSchema.parse({ brokers: [broker] });
    this.consumer = await new KafkaConsumer(config, silentLogger).run({
      group: `bench-${randomUUID()}`,
      topics: followed.map(({ name }) => name),
      onRecord: async (record) => {
        const { type, data } = decodeEnvelope(record);
        this.seen.push({ type, data: data as Record<string, unknown>, at: record.timestamp });
      },
    });
  }

  stop(): Promise<void> {
    return this.consumer?.stop() ?? Promise.resolve();
  }

  /** The first event for which the condition holds. Throws when it has not come in time. */
  async first(what: string, limitMs: number, holds: (arrival: Arrival) => boolean): Promise<Arrival> {
    const deadline = performance.now() + limitMs;
    while (performance.now() < deadline) {
      const found = this.seen.find(holds);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${what} did not come within ${limitMs} ms`);
  }
}
