import type { Consumer, ConsumerSubscription, Publisher, RunningConsumer } from '../ports';
import type { BrokerRecord, OutgoingRecord } from '../record';

interface Member {
  subscription: ConsumerSubscription;
  controller: AbortController;
  pumps: Map<string, Promise<void>>;
}

interface Group {
  members: Member[];
  /** Next offset to deliver, by `topic/partition`. */
  committed: Map<string, number>;
}

/** A broker for unit tests: partitions, groups, commits after the effect, redelivery. One pump per partition. */
export class InMemoryBroker implements Publisher, Consumer {
  private readonly topics = new Map<string, BrokerRecord[][]>();
  private readonly groups = new Map<string, Group>();
  private readonly waiting = new Set<() => void>();

  constructor(private readonly now: () => number = () => 0) {}

  createTopic(name: string, partitions = 1): void {
    if (!this.topics.has(name))
      this.topics.set(
        name,
        Array.from({ length: partitions }, () => []),
      );
  }

  async publish(records: readonly OutgoingRecord[]): Promise<void> {
    for (const record of records) {
      const partitions = this.partitionsOf(record.topic);
      const key = record.key === null ? null : Buffer.from(record.key);
      const partition = hash(key) % partitions.length;
      const log = partitions[partition] as BrokerRecord[];
      log.push({
        topic: record.topic,
        partition,
        offset: String(log.length),
        key,
        value: record.value === null ? null : Buffer.from(record.value),
        headers: Object.fromEntries(Object.entries(record.headers).map(([name, value]) => [name, Buffer.from(value)])),
        timestamp: this.now(),
      });
    }
    this.wake();
  }

  async run(subscription: ConsumerSubscription): Promise<RunningConsumer> {
    const group = this.groups.get(subscription.group) ?? { members: [], committed: new Map<string, number>() };
    this.groups.set(subscription.group, group);
    const member: Member = { subscription, controller: new AbortController(), pumps: new Map() };
    group.members.push(member);
    for (const topic of subscription.topics) {
      this.partitionsOf(topic).forEach((log, partition) => {
        const name = `${topic}/${partition}`;
        member.pumps.set(name, this.pump(group, member, name, log, partition));
      });
    }
    return {
      state: () => (member.controller.signal.aborted ? 'stopped' : 'running'),
      stop: async () => {
        member.controller.abort();
        this.wake();
        await Promise.all(member.pumps.values());
        group.members = group.members.filter((other) => other !== member);
        this.wake();
      },
    };
  }

  records(topic: string): BrokerRecord[] {
    return this.partitionsOf(topic).flat();
  }

  /** Sum of the committed offsets of all partitions. */
  committed(groupId: string, topic: string): number {
    const entries = [...(this.groups.get(groupId)?.committed ?? [])];
    return entries.filter(([name]) => name.startsWith(`${topic}/`)).reduce((sum, [, offset]) => sum + offset, 0);
  }

  private async pump(group: Group, member: Member, name: string, log: BrokerRecord[], partition: number) {
    const { signal } = member.controller;
    while (!signal.aborted) {
      const position = group.committed.get(name) ?? 0;
      const owner = group.members[partition % group.members.length];
      if (owner !== member || position >= log.length) {
        await this.changed();
        continue;
      }
      try {
        const end = await deliver(member, log, position);
        group.committed.set(name, end);
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
  }

  private partitionsOf(topic: string): BrokerRecord[][] {
    this.createTopic(topic);
    return this.topics.get(topic) as BrokerRecord[][];
  }

  private changed = () => new Promise<void>((resolve) => this.waiting.add(resolve));

  private wake(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}

async function deliver({ subscription, controller }: Member, log: BrokerRecord[], position: number): Promise<number> {
  const control = { signal: controller.signal };
  const record = log[position] as BrokerRecord;
  if (subscription.onBatch) {
    const records = log.slice(position);
    await subscription.onBatch({ topic: record.topic, partition: record.partition, records }, control);
    return position + records.length;
  }
  await subscription.onRecord?.(record, control);
  return position + 1;
}

const hash = (key: Buffer | null) => (key ?? Buffer.alloc(0)).reduce((sum, byte) => (sum * 31 + byte) >>> 0, 7);
