import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MongoRole } from '@perennial/cli';
import { freePort, startProcess, stopProcess } from '@perennial/local-stack';
import { MongoClient, type MongoClientOptions } from 'mongodb';
import type { User } from './broker.properties';
import type { Authority } from '@perennial/transport-security';
import { secantusPython } from './installed.server';

export interface LimitedUser extends User {
  readonly role: MongoRole;
}

/** SecantusDB that asks for TLS and SCRAM-SHA-256 credentials, with its data under `home`. */
export class SecuredDatabase {
  private constructor(
    private readonly home: string,
    readonly port: number,
  ) {}

  /**
   * The database takes users only while it asks for none, so it is started twice. `user` may do everything; each of
   * `limited` what the role of their name says.
   */
  static async start(
    home: string,
    authority: Authority,
    user: User,
    { settings = [], limited = [] }: { settings?: string[]; limited?: readonly LimitedUser[] } = {},
  ): Promise<SecuredDatabase> {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, 'secantusd.toml'), '');
    const database = new SecuredDatabase(home, await freePort(29_017));
    await database.launch([], {});
    await database.as({}, async (client) => {
      const admin = client.db('admin');
      await admin.command({ createUser: user.name, pwd: user.password, roles: ['root'] });
      for (const { name, password, role } of limited) {
        const { role: roleName, ...granted } = role;
        await admin.command({ createRole: roleName, ...granted });
        await admin.command({ createUser: name, pwd: password, roles: [{ role: roleName, db: 'admin' }] });
      }
    });
    await database.stop();
    const { certFile, keyFile } = authority.server;
    const client = { tls: true, tlsCAFile: authority.caFile, tlsCertificateKeyFile: authority.client.bothFile };
    await database.launch(['--auth', '--tls-cert-file', certFile, '--tls-key-file', keyFile, ...settings], client);
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
