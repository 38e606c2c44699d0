import { describeBrokerContract } from './broker-contract';
import { InMemoryBroker } from './in-memory-broker';

let count = 0;

describeBrokerContract(
  'in memory',
  async () => {
    const broker = new InMemoryBroker();
    return {
      publisher: broker,
      consumer: broker,
      createTopic: async (name, partitions) => broker.createTopic(name, partitions),
      committed: async (group, topic) => broker.committed(group, topic),
      close: async () => {},
    };
  },
  (prefix) => `${prefix}-${count++}`,
);
