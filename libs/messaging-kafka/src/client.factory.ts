import { Kafka, logLevel, type SASLOptions } from 'kafkajs';
import type { Logger } from '@perennial/messaging';
import type { KafkaConfig } from './kafka.config';
import { calmIdleConnections } from './request-queue.patch';
import { anyReachable } from './tcp.probe';

/** Where clients come from; another one than kafkajs takes its place in simulations. */
export interface KafkaDriver {
  createClient(config: KafkaConfig, logger: Logger): Kafka;
  /** Whether any of the brokers (host:port) accepts connections. */
  reachable(brokers: readonly string[]): Promise<boolean>;
}

/** Few, short retries: the supervisor and the publisher own what happens when the broker is away. */
const retry = { retries: 3, initialRetryTime: 200, maxRetryTime: 2_000, restartOnFailure: async () => false };

export function createClient(config: KafkaConfig, logger: Logger): Kafka {
  calmIdleConnections();
  return new Kafka({
    brokers: config.brokers,
    clientId: config.clientId,
    ssl: config.ssl && { ...config.ssl, ca: config.ssl.ca ? [config.ssl.ca] : undefined },
    sasl: config.sasl as SASLOptions | undefined,
    connectionTimeout: 3_000,
    authenticationTimeout: 5_000,
    requestTimeout: 10_000,
    enforceRequestTimeout: true,
    retry,
    logLevel: logLevel.WARN,
    // Every reconnect is logged by kafkajs as an error; the outcome is reported by the supervisor.
    logCreator: () => (entry) => logger.debug({ kafkajs: entry.log }, entry.log.message),
  });
}

export const kafkajsDriver: KafkaDriver = { createClient, reachable: (brokers) => anyReachable(brokers) };
