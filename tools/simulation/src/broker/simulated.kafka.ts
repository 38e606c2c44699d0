import type { ConsumerConfig, Kafka } from 'kafkajs';
import type { KafkaDriver } from '@perennial/messaging-kafka';
import type { BrokerLink } from './broker.link';
import { SimulatedConsumer } from './simulated.consumer';
import { SimulatedProducer } from './simulated.producer';

/** What the Kafka adapters use of kafkajs, for one process. */
export const simulatedKafka = (link: BrokerLink): KafkaDriver => ({
  createClient: () =>
    ({
      producer: () => new SimulatedProducer(link),
      consumer: ({ groupId, sessionTimeout = 15_000, rebalanceTimeout = 60_000, heartbeatInterval }: ConsumerConfig) =>
        new SimulatedConsumer(link, {
          groupId,
          sessionTimeoutMs: sessionTimeout,
          rebalanceTimeoutMs: rebalanceTimeout,
          heartbeatMs: 2 * (heartbeatInterval ?? sessionTimeout / 5),
        }),
    }) as unknown as Kafka,
  reachable: () => link.request('probe', () => true).catch(() => false),
});
