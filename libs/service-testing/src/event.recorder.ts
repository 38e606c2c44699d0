import { randomUUID } from 'node:crypto';
import { type DataOf, type EventContract, type TopicContract } from '@perennial/contracts';
import {
  type BrokerRecord,
  decodeEnvelope,
  type EventEnvelope,
  type RunningConsumer,
  silentLogger,
} from '@perennial/messaging';
import { type KafkaConfig, KafkaConsumer } from '@perennial/messaging-kafka';
import { eventually } from './eventually';
import { skipHistory } from './skip.history';

/** Reads topics from now on, in a group of its own, and keeps what passes. */
export class EventRecorder {
  readonly records: BrokerRecord[] = [];
  private readonly envelopes: EventEnvelope[] = [];
  private consumer: RunningConsumer | undefined;

  async start(config: KafkaConfig, topics: readonly (TopicContract | string)[]): Promise<void> {
    const group = `recorder-${randomUUID()}`;
    const names = topics.map((topic) => (typeof topic === 'string' ? topic : topic.name));
    if (names.length === 0) return;
    await skipHistory(config, group, names);
    this.consumer = await new KafkaConsumer(config, silentLogger).run({
      group,
      topics: names,
      onRecord: async (record) => this.keep(record),
    });
  }

  async stop(): Promise<void> {
    await this.consumer?.stop();
  }

  /** Events of a type so far; topics are shared, so say which are meant. */
  of<C extends EventContract<never> | EventContract>(
    contract: C,
    matches: (data: DataOf<C>) => boolean,
  ): EventEnvelope<DataOf<C>>[] {
    const found = this.envelopes.filter(({ type }) => type === contract.type) as EventEnvelope<DataOf<C>>[];
    return found.filter(({ data }) => matches(data));
  }

  /** Waits until as many events have come, and returns all that have. */
  async wait<C extends EventContract<never> | EventContract>(
    contract: C,
    matches: (data: DataOf<C>) => boolean,
    count = 1,
  ): Promise<EventEnvelope<DataOf<C>>[]> {
    return eventually(() => {
      const found = this.of(contract, matches);
      return found.length >= count ? found : undefined;
    });
  }

  private keep(record: BrokerRecord): void {
    this.records.push(record);
    try {
      this.envelopes.push(decodeEnvelope(record));
    } catch {
      // Dead letters keep what could not be read; they are found among the records.
    }
  }
}
