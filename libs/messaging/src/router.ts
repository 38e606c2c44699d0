import { type EventContract, retryTopic, type TopicContract } from '@perennial/contracts';
import type { Handler } from './handler';
import { redriveGroupHeader } from './headers';
import type { Subscription } from './middleware/decode';
import { createPipeline, type PipelineOptions } from './pipeline';
import type {
  BatchHandler,
  Consumer,
  ConsumerState,
  ConsumerSubscription,
  FetchBounds,
  Logger,
  RunningConsumer,
} from './ports';
import type { BrokerRecord } from './record';

export interface RouterOptions extends PipelineOptions {
  consumer: Consumer;
  /** Consumer group of subscriptions that name none; usually the service's name. */
  group: string;
  logger: Logger;
}

/** Binds handlers to events, and runs one consumer per group over its topics and their retry topics. */
export class Router {
  private readonly handlers = new Map<string, Map<string, Subscription>>();
  private readonly batches: { topic: TopicContract; handler: BatchHandler; group: string; fetch?: FetchBounds }[] = [];
  private running: { group: string; consumer: RunningConsumer }[] = [];

  constructor(private readonly options: RouterOptions) {}

  subscribe<T>(
    contract: EventContract<T>,
    handler: Handler<T>,
    { group = this.options.group, timeoutMs }: { group?: string; timeoutMs?: number } = {},
  ): this {
    const subscriptions = this.handlers.get(group) ?? new Map<string, Subscription>();
    if (subscriptions.has(contract.type)) throw new TypeError(`group ${group} already handles ${contract.type}`);
    subscriptions.set(contract.type, { contract, handler, timeoutMs } as unknown as Subscription);
    this.handlers.set(group, subscriptions);
    return this;
  }

  /**
   * For high-volume records: raw records, no pipeline. The handler is idempotent by natural key, keeps what it
   * rejects, and returns when its effect is durable; when it throws, the slice is delivered again after a pause.
   */
  subscribeBatch(
    topic: TopicContract,
    handler: BatchHandler,
    { group = `${this.options.group}.${topic.name}`, fetch }: { group?: string; fetch?: FetchBounds } = {},
  ): this {
    this.batches.push({ topic, handler, group, fetch });
    return this;
  }

  async start(): Promise<void> {
    for (const subscription of this.consumerSubscriptions()) {
      const consumer = await this.options.consumer.run(subscription);
      this.running.push({ group: subscription.group, consumer });
    }
  }

  async stop(): Promise<void> {
    const running = this.running;
    this.running = [];
    await Promise.all(running.map(({ consumer }) => consumer.stop()));
  }

  /** For readiness: the state of each consumer group. */
  states(): { group: string; state: ConsumerState }[] {
    return this.running.map(({ group, consumer }) => ({ group, state: consumer.state() }));
  }

  private consumerSubscriptions(): ConsumerSubscription[] {
    const perEvent = [...this.handlers].map(([group, subscriptions]) => {
      const names = new Set([...subscriptions.values()].map(({ contract }) => contract.topic.name));
      return { group, topics: withRetryTopics(names), onRecord: this.recordHandler(group, subscriptions) };
    });
    const perBatch = this.batches.map(({ topic, handler, group, fetch }) => ({
      group,
      ...(fetch && { fetch }),
      topics: withRetryTopics([topic.name]),
      onBatch: forGroup(group, handler),
    }));
    return [...perEvent, ...perBatch];
  }

  private recordHandler(group: string, subscriptions: ReadonlyMap<string, Subscription>) {
    const pipeline = createPipeline(subscriptions, this.options);
    const { logger } = this.options;
    return async (record: BrokerRecord, { signal }: { signal: AbortSignal }) => {
      if (isForGroup(record, group)) await pipeline({ record, group, signal, logger, attempt: 1 });
    };
  }
}

const withRetryTopics = (topics: Iterable<string>) => [...topics].flatMap((topic) => [topic, retryTopic(topic)]);

/** A redriven record is for one group; the others see it on the shared retry topic and skip it. */
function isForGroup(record: BrokerRecord, group: string): boolean {
  const addressee = record.headers[redriveGroupHeader]?.toString('utf8');
  return addressee === undefined || addressee === group;
}

const forGroup =
  (group: string, handler: BatchHandler): BatchHandler =>
  async (slice, control) => {
    const records = slice.records.filter((record) => isForGroup(record, group));
    if (records.length > 0) await handler({ ...slice, records }, control);
  };
