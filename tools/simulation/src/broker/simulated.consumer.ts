import type { ConsumerSubscribeTopics, EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { BrokerRecord } from '@perennial/messaging';
import type { BrokerLink } from './broker.link';
import type { Assignment, TopicPartition } from './group.coordinator';

export interface SimulatedConsumerOptions {
  groupId: string;
  sessionTimeoutMs: number;
  rebalanceTimeoutMs: number;
  heartbeatMs: number;
}

type EachBatch = (payload: EachBatchPayload) => Promise<void>;
type Listener = (event: { payload: { error?: unknown } }) => void;

const events = {
  CRASH: 'consumer.crash',
  STOP: 'consumer.stop',
  HEARTBEAT: 'consumer.heartbeat',
  FETCH: 'consumer.fetch',
  GROUP_JOIN: 'consumer.group_join',
} as const;

const FETCH_RECORDS = 50;
const SYNC_MS = 100;
const FAILURES = 3;
const FAILURE_MS = 300;

const typeOf = (error: unknown): unknown => (error as { type?: unknown } | null)?.type;
const keyOf = ({ topic, partition }: TopicPartition): string => `${topic}/${partition}`;

/** kafkajs's consumer as far as a consumer session uses it: join, fetch, hand out batches, beat, commit, leave. */
export class SimulatedConsumer {
  readonly events = events;
  private readonly listeners = new Map<string, Listener[]>();
  private topics: string[] = [];
  private fromBeginning = true;
  private running = false;
  private member: string | null = null;
  private assignment: Assignment | undefined;
  private beatAt = 0;
  private ended: Promise<void> = Promise.resolve();
  /** Ends the wait for something to do. */
  private wake: () => void = () => {};
  private woken = false;

  constructor(
    private readonly link: BrokerLink,
    private readonly options: SimulatedConsumerOptions,
  ) {}

  on(event: string, listener: Listener): void {
    this.listeners.set(event, [...(this.listeners.get(event) ?? []), listener]);
  }

  async connect(): Promise<void> {
    await this.link.request(`connect ${this.options.groupId}`, () => {});
  }

  async subscribe({ topics, fromBeginning = false }: ConsumerSubscribeTopics): Promise<void> {
    this.topics = topics.map(String);
    this.fromBeginning = fromBeginning;
  }

  async run({ eachBatch }: { eachBatch: EachBatch }): Promise<void> {
    this.running = true;
    this.ended = this.consume(eachBatch);
  }

  /** Waits for the running batches, then leaves the group. */
  async disconnect(): Promise<void> {
    this.running = false;
    this.rouse();
    await this.ended;
    const { member } = this;
    if (member === null) return;
    const name = `leave ${this.options.groupId}`;
    await this.link.request(name, (broker) => broker.group(this.options.groupId).leave(member)).catch(() => {});
  }

  private async consume(eachBatch: EachBatch): Promise<void> {
    const silence = this.link.broker.onAppend((topic) => {
      if (!this.link.owner.alive) return silence();
      if (this.topics.includes(topic)) this.link.later(1, () => this.rouse());
    });
    for (let failures = 0; this.running;) {
      try {
        await this.join();
        failures = 0;
        await this.consumeShare(eachBatch);
      } catch (error) {
        if (typeOf(error) === 'UNKNOWN_MEMBER_ID') this.member = null;
        else if (typeOf(error) !== 'REBALANCE_IN_PROGRESS' && ++failures > FAILURES) {
          this.running = false;
          this.emit(events.STOP);
          this.emit(events.CRASH, error);
        } else if (this.running) await this.link.pause(FAILURE_MS);
      }
    }
    silence();
  }

  private async join(): Promise<void> {
    const { groupId, sessionTimeoutMs, rebalanceTimeoutMs } = this.options;
    const request = { topics: this.topics, sessionTimeoutMs, rebalanceTimeoutMs };
    const known = this.member;
    this.assignment = undefined;
    const member = await this.link.request(`join ${groupId}`, (broker) => broker.group(groupId).join(known, request));
    this.member = member;
    while (this.running) {
      const answer = await this.link.request(`sync ${groupId}`, (broker) => broker.group(groupId).sync(member));
      if (answer) {
        this.assignment = answer;
        this.beatAt = this.link.scheduler.elapsed();
        return this.emit(events.GROUP_JOIN);
      }
      await this.link.pause(SYNC_MS);
    }
  }

  /** Until the consumer stops; rejects, after the running batches have ended, when the share is no longer valid. */
  private async consumeShare(eachBatch: EachBatch): Promise<void> {
    const { assignment } = this;
    if (!assignment) return;
    const positions = await this.positions(assignment);
    const busy = new Map<string, Promise<void>>();
    let failure: { error: unknown } | undefined;
    try {
      while (this.running && !failure) {
        await this.beat();
        const idle = assignment.partitions.filter((at) => !busy.has(keyOf(at)));
        for (const [at, records] of await this.fetch(idle, positions)) {
          const work = this.handOut(at, records, eachBatch, positions)
            .catch((error: unknown) => (failure ??= { error }))
            .then(() => {
              busy.delete(keyOf(at));
              this.rouse();
            });
          busy.set(keyOf(at), work);
        }
        if (this.running && !failure) await this.somethingToDo();
      }
    } catch (error) {
      failure ??= { error };
    }
    await Promise.all(busy.values());
    if (failure) throw failure.error;
  }

  private async positions({ partitions }: Assignment): Promise<Map<string, number>> {
    const { groupId } = this.options;
    return this.link.request(`offsets ${groupId}`, (broker) => {
      const start = (at: TopicPartition) => (this.fromBeginning ? 0 : broker.end(at));
      return new Map(partitions.map((at) => [keyOf(at), broker.group(groupId).committed(at) ?? start(at)]));
    });
  }

  private async fetch(idle: readonly TopicPartition[], positions: ReadonlyMap<string, number>) {
    const waiting = idle.map((at) => [at, positions.get(keyOf(at)) ?? 0] as const);
    const { broker } = this.link;
    // A long poll: the request waits at the broker while there is nothing to answer.
    if (waiting.every(([at, offset]) => broker.end(at) <= offset)) return [];
    const found = await this.link.request(`fetch ${this.options.groupId}`, () =>
      waiting.map(([at, offset]) => [at, broker.fetch(at, offset, FETCH_RECORDS)] as const),
    );
    this.emit(events.FETCH);
    return found.filter(([, records]) => records.length > 0);
  }

  private async handOut(
    at: TopicPartition,
    records: readonly BrokerRecord[],
    eachBatch: EachBatch,
    positions: Map<string, number>,
  ): Promise<void> {
    const { topic, partition } = at;
    const messages = records.map(toMessage);
    const payload = {
      batch: { topic, partition, messages },
      resolveOffset: (offset: string) => positions.set(keyOf(at), Number(offset) + 1),
      heartbeat: () => this.beat(),
      commitOffsetsIfNecessary: (offsets: Parameters<EachBatchPayload['commitOffsetsIfNecessary']>[0]) =>
        this.commit(offsets?.topics ?? []),
      isRunning: () => this.running,
      isStale: () => false,
    };
    await eachBatch(payload as unknown as EachBatchPayload);
  }

  private async commit(topics: readonly { topic: string; partitions: { partition: number; offset: string }[] }[]) {
    const { groupId } = this.options;
    const membership = this.membership();
    const offsets = topics.flatMap(({ topic, partitions }) => partitions.map((each) => ({ topic, ...each })));
    await this.link.request(`commit ${groupId} ${offsets.map((at) => `${keyOf(at)}=${at.offset}`).join()}`, (broker) =>
      offsets.forEach((at) => broker.group(groupId).commit(membership, at, Number(at.offset))),
    );
  }

  private async beat(): Promise<void> {
    if (this.link.scheduler.elapsed() < this.beatAt + this.options.heartbeatMs) return;
    const membership = this.membership();
    const { groupId } = this.options;
    await this.link.request(`heartbeat ${groupId}`, (broker) => broker.group(groupId).heartbeat(membership));
    this.beatAt = this.link.scheduler.elapsed();
    this.emit(events.HEARTBEAT);
  }

  private membership(): Assignment {
    return this.assignment ?? { member: this.member ?? '', generation: -1, partitions: [] };
  }

  /** New records, a batch that ended, a stop, or the time for a heartbeat. */
  private async somethingToDo(): Promise<void> {
    if (!this.woken) {
      await new Promise<void>((resolve) => {
        const timer = this.link.later(this.options.heartbeatMs, resolve);
        this.wake = () => {
          timer.cancel();
          resolve();
        };
      });
    }
    this.wake = () => {};
    this.woken = false;
  }

  private rouse(): void {
    this.woken = true;
    this.wake();
  }

  private emit(event: string, error?: unknown): void {
    this.listeners.get(event)?.forEach((listener) => listener({ payload: { error } }));
  }
}

const toMessage = ({ offset, key, value, headers, timestamp }: BrokerRecord): KafkaMessage => ({
  ...{ offset, key, value, headers, attributes: 0 },
  timestamp: String(timestamp),
});
