import { randomUUID } from 'node:crypto';
import { createServer, get, type Server } from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { type Logger, type RunningConsumer, silentLogger } from '@perennial/messaging';
import { eventually } from '@perennial/messaging/testing';
import { createClient } from './client.factory';
import { kafkaEnvironmentSchema } from './kafka.environment';
import { KafkaConsumer } from './kafka.consumer';
import { KafkaPublisher } from './kafka.publisher';
import { SeverableProxy } from './testing/severable.proxy';

const config = kafkaEnvironmentSchema.parse(process.env);
const [host = '', port = ''] = (config.brokers[0] ?? '').split(':');
const dial = net.connect;
const proxy = new SeverableProxy({ host, port: Number(port) }, dial);

/** Answers what HTTP health would: only while the event loop turns. */
const ask = (server: Server) =>
  new Promise<number>((resolve, reject) => {
    const startedAt = performance.now();
    get({ port: (server.address() as AddressInfo).port, agent: false }, (response) => {
      response.resume().on('end', () => resolve(performance.now() - startedAt));
    }).on('error', reject);
  });

describe('a broker that goes away', () => {
  const topic = `outage-${randomUUID()}`;
  const server = createServer((_, response) => response.end('ok'));
  const publisher = new KafkaPublisher(config, silentLogger);
  const warnings: string[] = [];
  let consumer: RunningConsumer;
  const logger: Logger = { ...silentLogger, warn: (_, message) => warnings.push(message) };

  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const admin = createClient(config, silentLogger).admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 2 }], waitForLeaders: true });
    await admin.disconnect();
    await proxy.restore();
    // Whatever address the broker advertises, the clients of this test reach it through the proxy.
    jest
      .spyOn(net, 'connect')
      .mockImplementation(((options: net.TcpNetConnectOpts, onConnect?: () => void) =>
        dial(options.port === Number(port) ? { host: '127.0.0.1', port: proxy.port } : options, onConnect)) as never);
  }, 60_000);

  afterAll(async () => {
    await consumer.stop();
    await publisher.close();
    await proxy.cut();
    jest.restoreAllMocks();
    server.close();
  }, 60_000);

  it('leaves the event loop to others, and work resumes by itself', async () => {
    const seen: string[] = [];
    const publish = (value: string) => publisher.publish([{ topic, key: value, value, headers: {} }]);
    consumer = await new KafkaConsumer(config, logger).run({
      group: topic,
      topics: [topic],
      onRecord: async ({ value }) => void seen.push(String(value)),
    });
    await publish('before');
    await eventually(() => seen.includes('before'));

    await proxy.cut();
    await eventually(() => consumer.state() === 'reconnecting');
    await expect(publish('lost')).rejects.toMatchObject({ code: 'BROKER_UNAVAILABLE', retryable: true });
    const before = performance.eventLoopUtilization();
    for (let n = 0; n < 100; n++) {
      await ask(server);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { utilization } = performance.eventLoopUtilization(before);
    expect(consumer.state()).toBe('reconnecting');
    // A spinning client keeps the loop at 1.
    expect(utilization).toBeLessThan(0.8);

    await proxy.restore();
    await eventually(() => publish('after').then(() => true));
    await eventually(() => seen.includes('after'));
    expect(consumer.state()).toBe('running');
  }, 120_000);
});
