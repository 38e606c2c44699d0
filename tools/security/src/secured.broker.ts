import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { silentLogger } from '@perennial/messaging';
import { createClient, kafkaEnvironmentSchema } from '@perennial/messaging-kafka';
import { freePort, startProcess, stopProcess } from '@perennial/local-stack';
import type { Kafka } from 'kafkajs';
import { type BrokerPorts, brokerProperties, type User } from './broker.properties';
import type { Authority } from '@perennial/transport-security';
import { kafkaLibraries } from './installed.server';

export type { User };

const broker: User = { name: 'broker', password: 'broker-secret' };
const clusterId = 'c2VjdXJlZC1icm9rZXItMQ';

/** Every decision of the authorizer goes to a file, and warnings to standard output. */
const loggingOf = (file: string) => `<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="WARN">
  <Appenders>
    <Console name="stdout"><PatternLayout pattern="%d{ISO8601} %p %c{1} %m%n" /></Console>
    <File name="decisions" fileName="${file}"><PatternLayout pattern="%m%n" /></File>
  </Appenders>
  <Loggers>
    <Logger name="kafka.authorizer.logger" level="DEBUG" additivity="false"><AppenderRef ref="decisions" /></Logger>
    <Root level="WARN"><AppenderRef ref="stdout" /></Root>
  </Loggers>
</Configuration>
`;

async function choosePorts(): Promise<BrokerPorts> {
  const ports: number[] = [];
  for (let n = 0; n < 4; n++) ports.push(await freePort(29_092, ports));
  const [saslSsl = 0, saslPlaintext = 0, mutualTls = 0, controller = 0] = ports;
  return { saslSsl, saslPlaintext, mutualTls, controller };
}

/** A Kafka broker that asks for TLS, credentials and ACLs, with its data under `home`. */
export class SecuredBroker {
  private constructor(
    private readonly home: string,
    private readonly ports: BrokerPorts,
  ) {}

  /** `users` can log in by PLAIN, SCRAM-SHA-256 and SCRAM-SHA-512, and may do nothing yet. */
  static async start(home: string, authority: Authority, users: readonly User[]): Promise<SecuredBroker> {
    const ports = await choosePorts();
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'server.properties'), brokerProperties(ports, broker, users, authority));
    writeFileSync(join(home, 'log4j2.xml'), loggingOf('authorizer.log'));
    const java = (mainClass: string, ...args: string[]) => [
      '-Dlog4j2.configurationFile=log4j2.xml',
      ...['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Djava.net.preferIPv4Stack=true'],
      ...['-cp', join(kafkaLibraries(), '*'), mainClass, ...args],
    ];
    const scram = users.flatMap(({ name, password }) =>
      ['SCRAM-SHA-256', 'SCRAM-SHA-512'].flatMap((mechanism) => [
        '--add-scram',
        `${mechanism}=[name=${name},password=${password}]`,
      ]),
    );
    const format = ['format', '--cluster-id', clusterId, '--config', 'server.properties', ...scram];
    await promisify(execFile)('java', java('kafka.tools.StorageTool', ...format), { cwd: home });
    const secured = new SecuredBroker(home, ports);
    await startProcess({
      directory: join(home, 'run'),
      name: 'kafka',
      command: 'java',
      args: java('kafka.Kafka', 'server.properties'),
      cwd: home,
      logFile: join(home, 'kafka.log'),
      ready: () => secured.asBroker(async (client) => (await clusterOf(client)) === clusterId),
    });
    return secured;
  }

  get saslSsl(): string {
    return `127.0.0.1:${this.ports.saslSsl}`;
  }
  get saslPlaintext(): string {
    return `127.0.0.1:${this.ports.saslPlaintext}`;
  }
  /** What the authorizer decided so far, one line each. */
  decisions(): string {
    return readFileSync(join(this.home, 'authorizer.log'), 'utf8');
  }
  get mutualTls(): string {
    return `127.0.0.1:${this.ports.mutualTls}`;
  }

  /** Works as the super user. */
  asBroker<T>(work: (client: Kafka) => Promise<T>): Promise<T> {
    const config = kafkaEnvironmentSchema.parse({
      KAFKA_BROKERS: this.saslPlaintext,
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_USERNAME: broker.name,
      KAFKA_SASL_PASSWORD: broker.password,
    });
    return work(createClient(config, silentLogger));
  }

  async stop(): Promise<void> {
    await stopProcess(join(this.home, 'run'), 'kafka');
  }
}

async function clusterOf(client: Kafka): Promise<string> {
  const admin = client.admin();
  try {
    await admin.connect();
    return (await admin.describeCluster()).clusterId;
  } finally {
    await admin.disconnect();
  }
}
