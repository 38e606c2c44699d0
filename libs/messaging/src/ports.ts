import type { BrokerRecord, OutgoingRecord, PartitionSlice } from './record';

export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export const silentLogger: Logger = { debug() {}, info() {}, warn() {}, error() {} };

export interface Clock {
  now(): Date;
}

export type IdGenerator = () => string;

/** Waits; rejects with SHUTTING_DOWN when the signal is aborted. */
export type Sleep = (milliseconds: number, signal: AbortSignal) => Promise<void>;

export interface Publisher {
  /** Resolves when every record is acknowledged by all in-sync replicas. Rejects with BROKER_UNAVAILABLE. */
  publish(records: readonly OutgoingRecord[]): Promise<void>;
}

/** `signal` is aborted when the work must be handed back: shutdown, or the partition is moving. */
export interface DeliveryControl {
  signal: AbortSignal;
}

/** Resolved: the effect is durable and the offset may be committed. Rejected: the record is delivered again. */
export type RecordHandler = (record: BrokerRecord, control: DeliveryControl) => Promise<void>;

/** Like RecordHandler for a whole slice: the effect of all of it, then the commit; rejected: the slice comes again. */
export type BatchHandler = (slice: PartitionSlice, control: DeliveryControl) => Promise<void>;

export interface ConsumerSubscription {
  group: string;
  topics: readonly string[];
  /** One of the two. Records of one key are handled in order, different keys concurrently. */
  onRecord?: RecordHandler;
  onBatch?: BatchHandler;
  /** Where a group without committed offsets begins; the earliest record unless said. */
  startAt?: 'earliest' | 'latest';
  /** What one fetch may bring into memory; the consumer's own bounds unless said. */
  fetch?: FetchBounds;
}

/** Bytes per partition and in all. A single record that is larger still comes. */
export interface FetchBounds {
  maxBytesPerPartition: number;
  maxBytes: number;
}

/** How far a consumer group has come with its topics, in records over all partitions. */
export interface GroupProgress {
  /** Not yet handled. */
  lag: number;
  /** Handled since the topics began; only differences between two readings mean something. */
  handled: number;
}

export interface ProgressReader {
  /** Rejects with BROKER_UNAVAILABLE. */
  read(group: string, topics: readonly string[]): Promise<GroupProgress>;
}

export type ConsumerState = 'starting' | 'running' | 'reconnecting' | 'stopped';

export interface RunningConsumer {
  state(): ConsumerState;
  /** Takes no new records, lets running handlers finish within the grace period, commits, leaves the group. */
  stop(): Promise<void>;
}

export interface Consumer {
  /** Resolves at once; the consumer connects, and reconnects, in the background until stopped. */
  run(subscription: ConsumerSubscription): Promise<RunningConsumer>;
}

/** Opaque handle of a running transaction; adapters know what is inside. */
export interface Transaction {
  readonly kind: string;
  /** Called once after the commit; not at all when there is none, or after a crash. For waking those who poll. */
  afterCommit(effect: () => void): void;
}

/** Which consumer group took which event. */
export interface InboxMark {
  group: string;
  source: string;
  id: string;
}

/** A record waiting to be published, with the event id for the eye of an operator. */
export interface OutboxEntry {
  id: string;
  topic: string;
  key: string;
  value: string;
  headers: Record<string, string>;
}

export interface UnitOfWork {
  /**
   * State, inbox mark and outbox in one transaction. `work` may run several times (write conflicts), so it must
   * have no effect outside the transaction. A mark that exists already: `duplicate`, and `work` has no effect.
   */
  execute(
    mark: InboxMark | null,
    work: (transaction: Transaction) => Promise<readonly OutboxEntry[]>,
  ): Promise<'committed' | 'duplicate'>;
}

export interface DeadLetter {
  record: BrokerRecord;
  group: string;
  code: string;
  message: string;
  attempts: number;
  failedAt: Date;
}

export interface DeadLetters {
  add(letter: DeadLetter): Promise<void>;
}
