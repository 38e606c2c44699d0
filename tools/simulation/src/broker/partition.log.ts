import type { BrokerRecord, OutgoingRecord } from '@perennial/messaging';

/** One partition: an append-only log that remembers what an idempotent producer sent last. */
export class PartitionLog {
  readonly records: BrokerRecord[] = [];
  /** Sequence number of the last request by producer: the same request again is acknowledged and not repeated. */
  private readonly producers = new Map<string, number>();

  constructor(
    readonly topic: string,
    readonly partition: number,
  ) {}

  get end(): number {
    return this.records.length;
  }

  append(records: readonly OutgoingRecord[], timestamp: number, producer?: { id: string; sequence: number }): void {
    if (producer) {
      if ((this.producers.get(producer.id) ?? -1) >= producer.sequence) return;
      this.producers.set(producer.id, producer.sequence);
    }
    for (const record of records) this.records.push(this.stored(record, timestamp));
  }

  private stored({ key, value, headers }: OutgoingRecord, timestamp: number): BrokerRecord {
    return {
      topic: this.topic,
      partition: this.partition,
      offset: String(this.end),
      key: key === null ? null : Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
      headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
      timestamp,
    };
  }
}
