import {
  type Consumer,
  type ConsumerState,
  type ConsumerSubscription,
  type Logger,
  type RunningConsumer,
  sleep,
} from '@perennial/messaging';
import { type KafkaDriver, kafkajsDriver } from './client.factory';
import { ConsumerSession } from './consumer.session';
import { assignerOf } from './group.installation';
import type { KafkaConfig } from './kafka.config';
import { superviseSession } from './session.supervisor';

export interface KafkaConsumerOptions {
  /** Keys of one partition handled at once. */
  lanes: number;
  /** Milliseconds that running handlers get at shutdown and at a rebalance. */
  graceMs: number;
  /** What a fetch may bring into memory: per partition, and in all. */
  maxBytesPerPartition: number;
  maxBytes: number;
  sessionTimeoutMs: number;
  /** Whose consumer it is: the broker lets it into no group of another installation. Without it, it is nobody's. */
  installation?: string;
  random(): number;
}

export const defaultKafkaConsumerOptions: KafkaConsumerOptions = {
  lanes: 8,
  graceMs: 10_000,
  maxBytesPerPartition: 256 * 1024,
  maxBytes: 4 * 1024 * 1024,
  // Also how long partitions wait for a consumer that vanished without leaving, or for the broker's memory of it.
  sessionTimeoutMs: 15_000,
  random: Math.random,
};

/** Offsets are committed after the effect; memory is bounded by one fetch, whatever the lag. */
export class KafkaConsumer implements Consumer {
  private readonly options: KafkaConsumerOptions;

  constructor(
    private readonly config: KafkaConfig,
    private readonly logger: Logger,
    options: Partial<KafkaConsumerOptions> = {},
    private readonly driver: KafkaDriver = kafkajsDriver,
  ) {
    const { sessionTimeoutMs = defaultKafkaConsumerOptions.sessionTimeoutMs } = config;
    this.options = { ...defaultKafkaConsumerOptions, sessionTimeoutMs, ...options };
  }

  async run(subscription: ConsumerSubscription): Promise<RunningConsumer> {
    let state: ConsumerState = 'starting';
    const stopping = new AbortController();
    const supervised = superviseSession({
      open: async () => {
        const session = this.createSession(subscription);
        try {
          await session.start();
        } catch (error) {
          await session.close();
          throw error;
        }
        return session;
      },
      probe: () => this.driver.reachable(this.config.brokers),
      onState: (next) => (state = next),
      sleep,
      random: this.options.random,
      logger: this.logger,
      signal: stopping.signal,
    });
    return {
      state: () => state,
      stop: async () => {
        stopping.abort();
        await supervised;
      },
    };
  }

  private createSession(subscription: ConsumerSubscription): ConsumerSession {
    const { sessionTimeoutMs, graceMs, lanes, random, installation } = this.options;
    const { maxBytesPerPartition, maxBytes } = subscription.fetch ?? this.options;
    const rebalanceTimeoutMs = Math.max(60_000, graceMs * 3);
    const consumer = this.driver.createClient(this.config, this.logger).consumer({
      groupId: subscription.group,
      partitionAssigners: installation === undefined ? undefined : [assignerOf(installation)],
      allowAutoTopicCreation: false,
      sessionTimeout: sessionTimeoutMs,
      heartbeatInterval: Math.floor(sessionTimeoutMs / 10),
      rebalanceTimeout: rebalanceTimeoutMs,
      maxBytesPerPartition,
      maxBytes,
      // A stop waits for the running fetch.
      maxWaitTimeInMs: 500,
      retry: { retries: 3, initialRetryTime: 200, maxRetryTime: 2_000, restartOnFailure: async () => false },
    });
    return new ConsumerSession(consumer, subscription, {
      lanes,
      graceMs,
      random,
      sleep,
      logger: this.logger,
      heartbeatMs: 500,
      redelivery: { initialMs: 100, maximumMs: 10_000 },
      // A join is silent for as long as the other members may take to come.
      silenceMs: rebalanceTimeoutMs + sessionTimeoutMs * 2,
    });
  }
}
