import { randomInt } from 'node:crypto';
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

/** Below those that outgoing connections take. */
const portRange = { from: 20_000, to: 32_000 } as const;

/** Anywhere in the range: the port of a proxy that refuses looks free to a platform that starts meanwhile. */
async function freePorts(): Promise<[number, number, number]> {
  const ports: number[] = [];
  for (let each = 0; each < 3; each += 1) {
    ports.push(await freePort(randomInt(portRange.from, portRange.to), ports));
  }
  return ports as [number, number, number];
}

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
    const [brokerPort, databasePort, detourPort] = await freePorts();
    const target = { database: 0 };
    const broker = new NetworkProxy(brokerPort, () => detourPort, random);
    const database = new NetworkProxy(databasePort, () => target.database, random);
    await Promise.all([broker.accept(), database.accept()]);
    const detour = { port: detourPort, advertisedPort: brokerPort };
    try {
      const direct = await startStack(optionsOf(home, detour));
      target.database = portOf(direct.mongo);
      const proxied = {
        kafka: `127.0.0.1:${broker.port}`,
        mongo: direct.mongo.replace(`:${target.database}/`, `:${database.port}/`),
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
