import { randomUUID } from 'node:crypto';
import { dayManifestV1, type EventContract, recordsPushedV1 } from '@perennial/contracts';
import { emit, type OutgoingEvent, type OutboxEntry, silentLogger, stampEvents } from '@perennial/messaging';
import { type KafkaConfig, KafkaPublisher } from '@perennial/messaging-kafka';
import type { DayRecords } from '../story/story';

const recordsPerMessage = 20;
const retryPauseMs = 500;
const retryLimitMs = 150_000;

/** An outside producer that does not give up: a message whose acknowledgement it missed is sent again. */
export class Producer {
  private readonly publisher: KafkaPublisher;

  constructor(config: KafkaConfig) {
    this.publisher = new KafkaPublisher(config, silentLogger);
  }

  close(): Promise<void> {
    return this.publisher.close();
  }

  /** Records in messages of some each; calls back once half of them are out. */
  async pushRecords(dataset: string, { day, records }: DayRecords, halfPushed: () => void = () => {}): Promise<void> {
    for (let start = 0; start < records.length; start += recordsPerMessage) {
      const some = records.slice(start, start + recordsPerMessage);
      await this.send(emit(recordsPushedV1, { dataset, day, records: [...some] }));
      if (start < records.length / 2 && start + recordsPerMessage >= records.length / 2) halfPushed();
    }
  }

  /** `rows` are distinct records, malformed ones included. */
  pushManifest(dataset: string, { day, records }: DayRecords): Promise<void> {
    const rows = new Set(records.map((record) => JSON.stringify(record))).size;
    return this.send(emit(dayManifestV1, { dataset, day, rows }));
  }

  push<T>(contract: EventContract<T>, data: T): Promise<void> {
    return this.send(emit(contract, data));
  }

  private async send(event: OutgoingEvent): Promise<void> {
    const clock = { now: () => new Date() };
    const entries: OutboxEntry[] = stampEvents([event], {}, { source: '/waterworks', clock, newId: randomUUID });
    const deadline = performance.now() + retryLimitMs;
    for (;;) {
      try {
        return await this.publisher.publish(entries);
      } catch (error) {
        if (performance.now() > deadline) throw error;
        await new Promise((resolve) => setTimeout(resolve, retryPauseMs));
      }
    }
  }
}
