import {
  defaultArtifacts,
  killKafka,
  killMongo,
  startKafka,
  startMongo,
  type StackOptions,
  startStack,
  stopStack,
} from '@perennial/local-stack';
import { randomOf } from '../chaos/random';
import { NetworkProxy } from '../network/network.proxy';
import { artifactsDirectory } from './fault.environment.config';
import type { PlatformPorts } from './platform.ports';

/** A killed process's open transaction keeps its rows locked for so long; 60 s, as in MongoDB, would only be waiting. */
const transactionSeconds = 8;

const portOf = (address: string): number => Number(/:(\d+)(\/|$)/.exec(address)?.[1]);

/** A broker and a database, each behind a proxy by which the services come, and each to be killed and started again. */
export class ServerPair {
  private constructor(
    private readonly home: string,
    private readonly options: StackOptions,
    /** Of the servers themselves, for who observes. */
    readonly direct: { readonly kafka: string; readonly mongo: string },
    /** What the services are given. */
    readonly proxied: { readonly kafka: string; readonly mongo: string },
    readonly broker: NetworkProxy,
    readonly database: NetworkProxy,
  ) {}

  static async start(home: string, ports: PlatformPorts): Promise<ServerPair> {
    const random = randomOf(0, 'network');
    const target = { database: 0 };
    const broker = new NetworkProxy(ports.proxies.broker, () => ports.detour, random);
    const database = new NetworkProxy(ports.proxies.database, () => target.database, random);
    await Promise.all([broker.accept(), database.accept()]);
    const options = optionsOf(home, ports);
    try {
      const direct = await startStack(options);
      target.database = portOf(direct.mongo);
      const proxied = {
        kafka: `127.0.0.1:${broker.port}`,
        mongo: direct.mongo.replace(`:${target.database}/`, `:${database.port}/`),
      };
      return new ServerPair(home, options, direct, proxied, broker, database);
    } catch (error) {
      await stopStack({ home });
      await Promise.all([broker.refuse(), database.refuse()]);
      throw error;
    }
  }

  async killBroker(): Promise<void> {
    await Promise.all([killKafka(this.home), this.broker.refuse()]);
  }

  /** On the same port, with the same data. */
  async restartBroker(): Promise<void> {
    const address = await startKafka(this.options);
    if (address !== this.direct.kafka) throw new Error(`the broker came back at ${address}`);
    await this.broker.accept();
  }

  async killDatabase(): Promise<void> {
    await Promise.all([killMongo(this.home), this.database.refuse()]);
  }

  async restartDatabase(): Promise<void> {
    const address = await startMongo(this.options);
    if (address !== this.direct.mongo) throw new Error(`the database came back at ${address}`);
    await this.database.accept();
  }

  async stop(): Promise<void> {
    await stopStack({ home: this.home });
    await Promise.all([this.broker.refuse(), this.database.refuse()]);
  }
}

const optionsOf = (home: string, { proxies, servers, detour }: PlatformPorts): StackOptions => ({
  home,
  artifacts: artifactsDirectory() ?? defaultArtifacts(),
  preferredPorts: servers,
  kafkaDetour: { port: detour, advertisedPort: proxies.broker },
  transactionSeconds,
});
