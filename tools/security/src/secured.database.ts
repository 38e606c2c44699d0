import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, startProcess, stopProcess } from '@perennial/local-stack';
import { MongoClient, type MongoClientOptions } from 'mongodb';
import type { User } from './broker.properties';
import type { Authority } from './certificate.authority';
import { secantusPython } from './installed.server';

/** SecantusDB that asks for TLS and SCRAM-SHA-256 credentials, with its data under `home`. */
export class SecuredDatabase {
  private constructor(
    private readonly home: string,
    private readonly port: number,
  ) {}

  /** The database takes users only while it asks for none, so it is started twice. */
  static async start(home: string, authority: Authority, user: User, more: string[] = []): Promise<SecuredDatabase> {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'secantusd.toml'), '');
    const database = new SecuredDatabase(home, await freePort(29_017));
    await database.launch([], {});
    await database.as({}, (client) =>
      client.db('admin').command({ createUser: user.name, pwd: user.password, roles: ['root'] }),
    );
    await database.stop();
    const { certFile, keyFile } = authority.server;
    const client = { tls: true, tlsCAFile: authority.caFile, tlsCertificateKeyFile: authority.client.bothFile };
    await database.launch(['--auth', '--tls-cert-file', certFile, '--tls-key-file', keyFile, ...more], client);
    return database;
  }

  get url(): string {
    return `mongodb://127.0.0.1:${this.port}/secured?directConnection=true`;
  }

  async stop(): Promise<void> {
    await stopProcess(join(this.home, 'run'), 'mongo');
  }

  private async launch(settings: string[], options: MongoClientOptions): Promise<void> {
    const address = ['--host', '127.0.0.1', '--port', String(this.port), '--storage-path', 'data'];
    await startProcess({
      directory: join(this.home, 'run'),
      name: 'mongo',
      command: secantusPython(),
      args: ['-I', '-m', 'secantus', '--config', 'secantusd.toml', ...address, '--cache-size', '64M', ...settings],
      cwd: this.home,
      logFile: join(this.home, 'mongo.log'),
      ready: async () => (await this.as(options, (client) => client.db('admin').command({ hello: 1 }))).ok === 1,
    });
  }

  private async as<T>(options: MongoClientOptions, work: (client: MongoClient) => Promise<T>): Promise<T> {
    const client = new MongoClient(this.url, { serverSelectionTimeoutMS: 2_000, ...options });
    try {
      return await work(client);
    } finally {
      await client.close();
    }
  }
}
