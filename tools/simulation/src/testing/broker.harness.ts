import { silentLogger } from '@perennial/messaging';
import { KafkaConsumer, KafkaPublisher } from '@perennial/messaging-kafka';
import type { BrokerHarness } from '@perennial/messaging/testing';
import { BrokerLink } from '../broker/broker.link';
import { SimulatedBroker } from '../broker/simulated.broker';
import { simulatedKafka } from '../broker/simulated.kafka';
import type { Fault } from '../faults/fault';
import { Scheduler } from '../scheduler/scheduler';
import { installVirtualGlobals } from '../scheduler/virtual.globals';

const config = { brokers: ['simulated:9092'], clientId: 'contract' };

/** The real Kafka adapters on the simulated broker, in virtual time that runs while the test waits. */
export function simulatedBrokerHarness(seed: number, faults: readonly Fault[] = []): BrokerHarness {
  const scheduler = new Scheduler({ seed, faults, startAt: Date.parse('2026-01-05T00:00:00Z') });
  const uninstall = installVirtualGlobals(scheduler);
  const broker = new SimulatedBroker(() => scheduler.now());
  let closed = false;
  const names = ['publisher', 'one', 'two', 'three'];
  const [publishing, ...consuming] = names.map((name) => {
    const owner = scheduler.spawn(name, () => {});
    return simulatedKafka(new BrokerLink(broker, scheduler, owner));
  });
  const publisher = new KafkaPublisher(config as never, silentLogger, publishing);
  const consumers = consuming.map(
    (driver) => new KafkaConsumer(config as never, silentLogger, { graceMs: 200, random: scheduler.random }, driver),
  );
  let count = 0;
  const running = (async () => {
    while (!closed) if ((await scheduler.run(() => closed, Infinity)) === 'idle') await new Promise(realImmediate);
  })();
  return {
    publisher,
    consumer: { run: (subscription) => (consumers[count++ % consumers.length] as KafkaConsumer).run(subscription) },
    createTopic: async (name, partitions) => broker.createTopic(name, partitions),
    committed: async (group, topic) =>
      broker.partitions(topic).reduce((sum, log) => sum + (broker.group(group).committed(log) ?? 0), 0),
    close: async () => {
      closed = true;
      await running;
      uninstall();
    },
  };
}

const realImmediate = (resolve: (value: unknown) => void): void => void setImmediate(resolve);
