import {
  defaultArtifacts,
  type Detour,
  freePort,
  killKafka,
  killMongo,
  startKafka,
  startMongo,
  startStack,
  stopStack,
} from '@perennial/local-stack';
import { randomOf } from '../chaos/random';
import { NetworkProxy } from '../network/network.proxy';
import { artifactsDirectory } from './fault.environment.config';

/** A killed process's open transaction keeps its rows locked for so long; 60 s, as in MongoDB, would only be waiting. */
const transactionSeconds = 8;

const portOf = (address: string): number => Number(/:(\d+)(\/|$)/.exec(address)?.[1]);

/** A broker and a database, each behind a proxy by which the services come, and each to be killed and started again. */
export class ServerPair {
  private constructor(
    private readonly home: string,
    private readonly detour: Detour,
    /** Of the servers themselves, for who observes. */
    readonly direct: { readonly kafka: string; readonly mongo: string },
    /** What the services are given. */
    readonly proxied: { readonly kafka: string; readonly mongo: string },
    readonly broker: NetworkProxy,
    readonly database: NetworkProxy,
  ) {}

  static async start(home: string): Promise<ServerPair> {
    const random = randomOf(0, 'network');
    const targets = { broker: 0, database: 0 };
    const broker = new NetworkProxy(() => targets.broker, random);
    const database = new NetworkProxy(() => targets.database, random);
    await Promise.all([broker.accept(), database.accept()]);
    targets.broker = await freePort(broker.port + 1);
    const detour = { port: targets.broker, advertisedPort: broker.port };
    try {
      const direct = await startStack(optionsOf(home, detour));
      targets.database = portOf(direct.mongo);
      const proxied = {
        kafka: `127.0.0.1:${broker.port}`,
        mongo: direct.mongo.replace(`:${targets.database}/`, `:${database.port}/`),
      };
      return new ServerPair(home, detour, direct, proxied, broker, database);
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
    const address = await startKafka(optionsOf(this.home, this.detour));
    if (address !== this.direct.kafka) throw new Error(`the broker came back at ${address}`);
    await this.broker.accept();
  }

  async killDatabase(): Promise<void> {
    await Promise.all([killMongo(this.home), this.database.refuse()]);
  }

  async restartDatabase(): Promise<void> {
    const address = await startMongo(optionsOf(this.home, this.detour));
    if (address !== this.direct.mongo) throw new Error(`the database came back at ${address}`);
    await this.database.accept();
  }

  async stop(): Promise<void> {
    await stopStack({ home: this.home });
    await Promise.all([this.broker.refuse(), this.database.refuse()]);
  }
}

const optionsOf = (home: string, kafkaDetour: Detour) => ({
  home,
  artifacts: artifactsDirectory() ?? defaultArtifacts(),
  kafkaDetour,
  transactionSeconds,
});
