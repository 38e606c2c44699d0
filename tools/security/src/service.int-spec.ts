import 'reflect-metadata';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Inject, Module } from '@nestjs/common';
import { type DataOf, dayManifestV1 } from '@perennial/contracts';
import {
  emit,
  type EventEnvelope,
  type HandlerContext,
  type Publisher,
  type Stamp,
  stampEvents,
} from '@perennial/messaging';
import { eventually } from '@perennial/messaging/testing';
import { sessionOf } from '@perennial/messaging-mongo';
import {
  Ctx,
  DATABASE,
  OnEvent,
  Payload,
  PUBLISHER,
  type RunningService,
  STAMP,
  startService,
} from '@perennial/service';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import { z } from 'zod';
import { type Authority, createAuthority } from '@perennial/transport-security';
import { SecuredBroker } from './secured.broker';
import { SecuredDatabase } from './secured.database';
import { everythingIn } from './testing/recorded.log';

interface Rows {
  insertOne(document: object, options: object): Promise<unknown>;
  countDocuments(filter: object): Promise<number>;
}
interface Database {
  collection(name: string): Rows;
}

@Controller()
class ManifestConsumer {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  @OnEvent(dayManifestV1)
  async handle(@Payload() event: EventEnvelope<DataOf<typeof dayManifestV1>>, @Ctx() context: HandlerContext) {
    await this.database.collection('seen').insertOne({ ...event.data }, { session: sessionOf(context.transaction) });
    return [];
  }
}

@Module({ controllers: [ManifestConsumer] })
class ManifestModule {
  static started: ManifestModule | undefined;

  constructor(
    @Inject(PUBLISHER) readonly publisher: Publisher,
    @Inject(STAMP) readonly stamp: Stamp,
    @Inject(DATABASE) readonly database: Database,
  ) {
    ManifestModule.started = this;
  }
}

describe('a service on a secured broker and a secured database', () => {
  const home = mkdtempSync(join(tmpdir(), 'secured-service-'));
  const user = { name: 'service', password: 'correct-horse' };
  let authority: Authority;
  let broker: SecuredBroker;
  let database: SecuredDatabase;
  let service: RunningService | undefined;

  const start = (more: Record<string, string> = {}) =>
    startService(
      { name: 'secured', module: ManifestModule, configSchema: z.object({}) },
      {
        env: {
          KAFKA_BROKERS: broker.saslSsl,
          KAFKA_SSL: 'true',
          KAFKA_SSL_CA_FILE: authority.caFile,
          KAFKA_SASL_MECHANISM: 'scram-sha-512',
          KAFKA_SASL_USERNAME: user.name,
          KAFKA_SASL_PASSWORD: user.password,
          MONGO_URL: database.url,
          MONGO_TLS: 'true',
          MONGO_TLS_CA_FILE: authority.caFile,
          MONGO_USERNAME: user.name,
          MONGO_PASSWORD: user.password,
          PIPELINES: join(home, 'pipelines'),
          LOG_LEVEL: 'silent',
          PORT: '0',
          ...more,
        },
      },
    );

  beforeAll(async () => {
    mkdirSync(join(home, 'pipelines'));
    authority = await createAuthority(join(home, 'tls'));
    [broker, database] = await Promise.all([
      SecuredBroker.start(join(home, 'kafka'), authority, [user]),
      SecuredDatabase.start(join(home, 'mongo'), authority, user),
    ]);
    await broker.asBroker(async (client) => {
      const admin = client.admin();
      await admin.connect();
      const allow = (resourceType: AclResourceTypes, resourceName: string, operation: AclOperationTypes) => ({
        ...{ principal: `User:${user.name}`, host: '*', permissionType: AclPermissionTypes.ALLOW },
        ...{ resourceType, resourceName, operation, resourcePatternType: ResourcePatternTypes.PREFIXED },
      });
      const topics = [AclOperationTypes.CREATE, AclOperationTypes.READ, AclOperationTypes.WRITE];
      const acl = topics.map((operation) => allow(AclResourceTypes.TOPIC, 'perennial.', operation));
      await admin.createAcls({ acl: [...acl, allow(AclResourceTypes.GROUP, 'secured', AclOperationTypes.READ)] });
      await admin.disconnect();
    });
  }, 60_000);

  afterAll(async () => {
    await service?.close();
    await Promise.all([broker?.stop(), database?.stop()]);
    rmSync(home, { recursive: true, force: true });
  }, 60_000);

  it.each([
    ['the broker', { KAFKA_SASL_PASSWORD: 'wrong-secret-7d1f' }, 'BROKER_ACCESS_DENIED'],
    ['the database', { MONGO_PASSWORD: 'wrong-secret-7d1f' }, 'DATABASE_ACCESS_DENIED'],
  ])(
    'does not start with a wrong password of %s',
    async (_, more, code) => {
      const failure = await start(more).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code, retryable: false });
      expect(everythingIn(failure)).not.toContain('wrong-secret-7d1f');
    },
    30_000,
  );

  it('starts, is ready, and handles an event', async () => {
    service = await start();
    const { url } = service;
    await eventually(async () => (await fetch(`${url}/health/ready`)).ok);
    const { publisher, stamp, database: connected } = ManifestModule.started!;
    const entries = stampEvents([emit(dayManifestV1, { dataset: 'd', day: '2026-01-01', rows: 7 })], {}, stamp);
    await publisher.publish(entries);
    await eventually(async () => (await connected.collection('seen').countDocuments({ rows: 7 })) === 1);
  }, 60_000);
});
