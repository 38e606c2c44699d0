import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { kafkaAcls, type MongoRole, mongoRoles, platformPrivileges, userOf } from '@perennial/cli';
import { topics } from '@perennial/contracts';
import { freePort } from '@perennial/local-stack';
import { silentLogger } from '@perennial/messaging';
import { ensureTopics, type KafkaConfig, kafkaEnvironmentSchema } from '@perennial/messaging-kafka';
import type { Privileges } from '@perennial/service';
import type { AclEntry } from 'kafkajs';
import type { User } from '../broker.properties';
import { type Authority, createAuthority } from '@perennial/transport-security';
import { type Rights, RoleGate } from '../database/role.gate';
import { SecuredBroker } from '../secured.broker';
import { SecuredDatabase } from '../secured.database';
import { type AccessKeys, writeAccessKeys } from './access.keys';
import { aclsOf } from './acl.command';
import { ServiceProcess } from './service.process';

const chart = resolve(__dirname, '../../../../helm/perennial/files/services.json');

interface Facts {
  readonly peers?: Readonly<Record<string, string>>;
  readonly folders?: Readonly<Record<string, string>>;
}

const databaseName = 'perennial';
const root: User = { name: 'root', password: 'root-secret' };
/** SecantusDB asks for this one where MongoDB lets everybody end cursors of their own. */
const alsoNeeded = 'killCursors';

export const rightsOf = ({ privileges }: MongoRole): Rights =>
  new Map(privileges.map(({ resource, actions }) => [resource.collection, new Set(actions)]));

export interface SecuredPlatformOptions {
  readonly home: string;
  /** Text of pipeline.yaml. */
  readonly pipeline: string;
  /** For every service. */
  readonly variables?: Readonly<Record<string, string>>;
}

/**
 * A broker with TLS, SCRAM and ACLs, a database with TLS, SCRAM and roles, and the nine services as processes, each
 * with a user of its own that has the rights which `perennial privileges` prints, and no others. Whoever asks them over
 * HTTP needs a key, the services among themselves included.
 */
export class SecuredPlatform {
  private readonly services = new Map<string, ServiceProcess>();

  private constructor(
    readonly options: SecuredPlatformOptions,
    readonly privileges: readonly Privileges[],
    readonly authority: Authority,
    readonly broker: SecuredBroker,
    readonly database: SecuredDatabase,
    readonly gate: RoleGate,
    readonly keys: AccessKeys,
  ) {}

  static async start(options: SecuredPlatformOptions): Promise<SecuredPlatform> {
    const { home } = options;
    mkdirSync(join(home, 'pipelines'), { recursive: true });
    writeFileSync(join(home, 'pipelines', 'pipeline.yaml'), options.pipeline);
    const privileges = await platformPrivileges();
    const authority = await createAuthority(join(home, 'tls'));
    const roles = mongoRoles(privileges, databaseName);
    const limited = roles.map((role) => ({
      ...userNamed(role.role),
      role: {
        ...role,
        privileges: role.privileges.map((each) => ({ ...each, actions: [...each.actions, alsoNeeded] })),
      },
    }));
    const users = privileges.map((each) => userNamed(userOf(each)));
    const [broker, database] = await Promise.all([
      SecuredBroker.start(join(home, 'kafka'), authority, users),
      SecuredDatabase.start(join(home, 'mongo'), authority, root, { limited }),
    ]);
    const keys = writeAccessKeys(join(home, 'access'));
    const gate = await RoleGate.start(authority, database.port);
    for (const role of roles) gate.rights.set(role.role, rightsOf(role));
    const platform = new SecuredPlatform(options, privileges, authority, broker, database, gate, keys);
    await platform.allow(aclsOf(kafkaAcls(privileges)));
    await ensureTopics(platform.kafkaOf('operator'), Object.values(topics), silentLogger);
    return platform;
  }

  allow(acl: AclEntry[]): Promise<unknown> {
    return this.asAdmin((admin) => admin.createAcls({ acl }));
  }

  deny(filters: AclEntry[]): Promise<unknown> {
    return this.asAdmin((admin) => admin.deleteAcls({ filters }));
  }

  /** The variables by which somebody of these privileges reaches broker and database. */
  credentialsOf(name: string): Record<string, string> {
    const user = userNamed(userOf({ name }));
    return {
      KAFKA_BROKERS: this.broker.saslSsl,
      KAFKA_SSL: 'true',
      KAFKA_SSL_CA_FILE: this.authority.caFile,
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: user.name,
      KAFKA_SASL_PASSWORD: user.password,
      MONGO_URL: `mongodb://127.0.0.1:${this.gate.port}/${databaseName}?directConnection=true`,
      MONGO_TLS: 'true',
      MONGO_TLS_CA_FILE: this.authority.caFile,
      MONGO_USERNAME: user.name,
      MONGO_PASSWORD: user.password,
    };
  }

  kafkaOf(name: string): KafkaConfig {
    return kafkaEnvironmentSchema.parse(this.credentialsOf(name));
  }

  /** Every service at once; resolves when all are ready. */
  async startServices(): Promise<void> {
    const facts = JSON.parse(readFileSync(chart, 'utf8')) as Record<string, Facts>;
    const ports = new Map<string, number>();
    for (const name of [...Object.keys(facts), 'grpc']) ports.set(name, await freePort(29_200, [...ports.values()]));
    const address = (name: string) => `http://127.0.0.1:${ports.get(name)}`;
    for (const [name, { peers = {}, folders = {} }] of Object.entries(facts)) {
      const variables = {
        ...this.credentialsOf(name),
        ...Object.fromEntries(Object.entries(peers).map(([variable, peer]) => [variable, address(peer)])),
        ...Object.fromEntries(Object.entries(folders).map(([variable, path]) => [variable, this.options.home + path])),
        PIPELINES: join(this.options.home, 'pipelines'),
        GRPC_PORT: String(ports.get('grpc')),
        ...this.keys.variables,
        ...this.options.variables,
      };
      this.services.set(name, ServiceProcess.start(name, ports.get(name)!, variables, this.options.home));
    }
    await Promise.all([...this.services.values()].map((service) => service.ready(280_000)));
  }

  /** Headers of a person who may do everything. */
  get authorization(): { authorization: string } {
    return { authorization: `Bearer ${this.keys.operator}` };
  }

  service(name: string): ServiceProcess {
    const service = this.services.get(name);
    if (!service) throw new Error(`${name} was not started`);
    return service;
  }

  get running(): readonly ServiceProcess[] {
    return [...this.services.values()];
  }

  /** Warnings and errors that the services logged. */
  complaints(): string {
    return [...this.services.values()]
      .flatMap((service) => service.log().split('\n'))
      .filter((line) => /"level":"(warn|error|fatal)"/.test(line))
      .join('\n');
  }

  async stop(): Promise<void> {
    await Promise.all([...this.services.values()].map((service) => service.stop()));
    await this.gate.stop();
    await Promise.all([this.broker.stop(), this.database.stop()]);
  }

  private asAdmin<T>(work: (admin: ReturnType<import('kafkajs').Kafka['admin']>) => Promise<T>): Promise<T> {
    return this.broker.asBroker(async (client) => {
      const admin = client.admin();
      await admin.connect();
      try {
        return await work(admin);
      } finally {
        await admin.disconnect();
      }
    });
  }
}

/** Passwords of a run: each user another one, with signs that encodings change. */
const userNamed = (name: string): User => ({ name, password: `secret&of ${name}` });
