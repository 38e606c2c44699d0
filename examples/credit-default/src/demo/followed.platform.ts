import { randomUUID } from 'node:crypto';
import { type BrokerRecord, type RunningConsumer, silentLogger } from '@perennial/messaging';
import { KafkaConsumer } from '@perennial/messaging-kafka';
import { followedTopics, type Observation, observationOf } from './platform.observation';

/** An event that breaks its contract is told, and does not come again and again. */
function read(record: BrokerRecord, onUnreadable: (error: unknown) => void): Observation | undefined {
  try {
    return observationOf(record);
  } catch (error) {
    onUnreadable(error);
    return undefined;
  }
}

/** Reads the platform's topics from their beginning, in a consumer group of its own. */
export function followPlatform(
  brokers: string,
  onObservation: (observation: Observation) => void,
  onUnreadable: (error: unknown) => void,
): Promise<RunningConsumer> {
  const config = { brokers: brokers.split(','), clientId: 'demo-follower', replicationFactor: -1 };
  return new KafkaConsumer(config, silentLogger).run({
    group: `demo-follower-${randomUUID()}`,
    topics: followedTopics,
    startAt: 'earliest',
    onRecord: async (record) => {
      const observation = read(record, onUnreadable);
      if (observation) onObservation(observation);
    },
  });
}
