import type { BrokerRecord, OutgoingRecord } from '@perennial/messaging';
import { GroupCoordinator, type TopicPartition } from './group.coordinator';
import { PartitionLog } from './partition.log';

/** State of a Kafka cluster. Its methods are effects: they happen at once, when a request has arrived. */
export class SimulatedBroker {
  /** Every record that was ever appended, in order over all partitions. */
  readonly appended: BrokerRecord[] = [];
  private readonly topics = new Map<string, PartitionLog[]>();
  private readonly groups = new Map<string, GroupCoordinator>();
  private readonly listeners = new Set<(topic: string) => void>();

  constructor(private readonly now: () => number) {}

  createTopic(name: string, partitions: number): void {
    if (this.topics.has(name)) return;
    this.topics.set(
      name,
      Array.from({ length: partitions }, (_, partition) => new PartitionLog(name, partition)),
    );
  }

  partitions(topic: string): PartitionLog[] {
    const found = this.topics.get(topic);
    if (!found) throw new RangeError(`topic ${topic} does not exist`);
    return found;
  }

  append(
    { topic, partition }: TopicPartition,
    records: readonly OutgoingRecord[],
    producer?: { id: string; sequence: number },
  ): void {
    const log = this.log({ topic, partition });
    const before = log.end;
    log.append(records, Math.floor(this.now()), producer);
    this.appended.push(...log.records.slice(before));
    for (const listener of this.listeners) listener(topic);
  }

  fetch(at: TopicPartition, offset: number, limit: number): BrokerRecord[] {
    return this.log(at).records.slice(offset, offset + limit);
  }

  end(at: TopicPartition): number {
    return this.log(at).end;
  }

  /** Called at every append, with the topic. Returns how to stop listening. */
  onAppend(listener: (topic: string) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  group(id: string): GroupCoordinator {
    const known = this.groups.get(id);
    if (known) return known;
    const group = new GroupCoordinator(id, this.now, (topic) => this.topics.get(topic)?.length ?? 0);
    this.groups.set(id, group);
    return group;
  }

  groupIds(): string[] {
    return [...this.groups.keys()];
  }

  /** Records of all partitions that the group has not committed yet, of the topics given. */
  lag(groupId: string, topics: readonly string[]): number {
    const group = this.group(groupId);
    const logs = topics.flatMap((topic) => this.partitions(topic));
    return logs.reduce((sum, log) => sum + log.end - (group.committed(log) ?? 0), 0);
  }

  private log({ topic, partition }: TopicPartition): PartitionLog {
    const log = this.partitions(topic)[partition];
    if (!log) throw new RangeError(`topic ${topic} has no partition ${partition}`);
    return log;
  }
}
