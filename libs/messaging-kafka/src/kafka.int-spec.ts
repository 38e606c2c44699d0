import { randomUUID } from 'node:crypto';
import { silentLogger } from '@perennial/messaging';
import { describeBrokerContract } from '@perennial/messaging/testing';
import type { Admin } from 'kafkajs';
import { createClient } from './client.factory';
import { kafkaEnvironmentSchema } from './kafka.environment';
import { KafkaConsumer } from './kafka.consumer';
import { KafkaPublisher } from './kafka.publisher';

describeBrokerContract(
  'Apache Kafka by kafkajs',
  async () => {
    const config = kafkaEnvironmentSchema.parse(process.env);
    const admin: Admin = createClient(config, silentLogger).admin();
    await admin.connect();
    const publisher = new KafkaPublisher(config, silentLogger);
    return {
      publisher,
      consumer: new KafkaConsumer(config, silentLogger, { graceMs: 200 }),
      createTopic: async (topic, numPartitions) =>
        void (await admin.createTopics({ topics: [{ topic, numPartitions }], waitForLeaders: true })),
      committed: async (groupId, topic) => {
        const [offsets] = await admin.fetchOffsets({ groupId, topics: [topic] });
        return (offsets?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(0, Number(offset)), 0);
      },
      close: async () => {
        await publisher.close();
        await admin.disconnect();
      },
    };
  },
  (prefix) => `contract-${prefix}-${randomUUID()}`,
);
