import { randomUUID } from 'node:crypto';
import { type RunningConsumer, silentLogger } from '@perennial/messaging';
import { KafkaConsumer } from '@perennial/messaging-kafka';
import { followedTopics, type Observation, observationOf } from './platform.observation';

/** Reads the platform's topics from their beginning, in a consumer group of its own. */
export function followPlatform(
  brokers: string,
  onObservation: (observation: Observation) => void,
): Promise<RunningConsumer> {
  const config = { brokers: brokers.split(','), clientId: 'demo-follower', replicationFactor: -1 };
  return new KafkaConsumer(config, silentLogger).run({
    group: `demo-follower-${randomUUID()}`,
    topics: followedTopics,
    startAt: 'earliest',
    onRecord: async (record) => {
      const observation = observationOf(record);
      if (observation) onObservation(observation);
    },
  });
}
