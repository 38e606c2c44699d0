import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TopicContract } from '@perennial/contracts';
import { silentLogger } from '@perennial/messaging';
import { eventually } from '@perennial/messaging/testing';
import { ensureTopics, kafkaEnvironmentSchema, KafkaConsumer, KafkaPublisher } from '@perennial/messaging-kafka';
import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import { type Authority, createAuthority } from '@perennial/transport-security';
import { SecuredBroker, type User } from './secured.broker';
import { everythingIn, RecordedLog } from './testing/recorded.log';

const service = { name: 'service', password: 'correct-horse' };
const reader = { name: 'reader', password: 'battery-staple' };
const writer = { name: 'writer', password: 'hunter-two' };
const wrong = 'wrong-secret-7d1f';

const topicOf = (name: string): TopicContract => ({
  name,
  partitions: 2,
  retentionMs: 3_600_000,
  cleanupPolicy: 'delete',
  key: 'any',
  description: 'of a test',
  producers: [],
});

describe('a secured Kafka broker', () => {
  const home = mkdtempSync(join(tmpdir(), 'secured-kafka-'));
  let authority: Authority;
  let stranger: Authority;
  let broker: SecuredBroker;

  const sasl = (mechanism: string, { name, password } = service) => ({
    KAFKA_SASL_MECHANISM: mechanism,
    KAFKA_SASL_USERNAME: name,
    KAFKA_SASL_PASSWORD: password,
  });
  const tls = (caFile = authority.caFile) => ({ KAFKA_SSL: 'true', KAFKA_SSL_CA_FILE: caFile });
  const mutualTls = () => ({
    KAFKA_BROKERS: broker.mutualTls,
    ...tls(),
    KAFKA_SSL_CERT_FILE: authority.client.certFile,
    KAFKA_SSL_KEY_FILE: authority.client.keyFile,
  });
  const overTls = (mechanism: string, user = service) => ({
    KAFKA_BROKERS: broker.saslSsl,
    ...tls(),
    ...sasl(mechanism, user),
  });
  const overPlainText = (mechanism: string, user = service) => ({
    KAFKA_BROKERS: broker.saslPlaintext,
    ...sasl(mechanism, user),
  });

  beforeAll(async () => {
    authority = await createAuthority(join(home, 'tls'));
    stranger = await createAuthority(join(home, 'other'));
    broker = await SecuredBroker.start(join(home, 'kafka'), authority, [service, reader, writer]);
    await broker.asBroker(async (client) => {
      const admin = client.admin();
      await admin.connect();
      const allow = (principal: string, resourceType: AclResourceTypes, operation: AclOperationTypes) => ({
        principal,
        resourceType,
        resourceName: 'secured.',
        resourcePatternType: ResourcePatternTypes.PREFIXED,
        operation,
        permissionType: AclPermissionTypes.ALLOW,
        host: '*',
      });
      const ofService = [service.name, 'CN=client'].flatMap((name) => [
        allow(`User:${name}`, AclResourceTypes.TOPIC, AclOperationTypes.ALL),
        allow(`User:${name}`, AclResourceTypes.GROUP, AclOperationTypes.READ),
      ]);
      await admin.createAcls({
        acl: [
          ...ofService,
          allow(`User:${reader.name}`, AclResourceTypes.TOPIC, AclOperationTypes.READ),
          allow(`User:${writer.name}`, AclResourceTypes.TOPIC, AclOperationTypes.WRITE),
          allow(`User:${writer.name}`, AclResourceTypes.GROUP, AclOperationTypes.READ),
        ],
      });
      await admin.disconnect();
    });
  }, 60_000);

  afterAll(async () => {
    await broker?.stop();
    rmSync(home, { recursive: true, force: true });
  }, 30_000);

  describe('lets the platform create topics, publish and consume', () => {
    it.each([
      ['TLS and SCRAM-SHA-256', () => overTls('scram-sha-256')],
      ['TLS and SCRAM-SHA-512', () => overTls('scram-sha-512')],
      ['TLS and PLAIN', () => overTls('plain')],
      ['PLAIN without TLS', () => overPlainText('plain')],
      ['a client certificate', mutualTls],
    ])('by %s', async (title, environment) => {
      const config = kafkaEnvironmentSchema.parse(environment());
      const topic = `secured.${title.replaceAll(' ', '-').toLowerCase()}`;
      const { created } = await ensureTopics(config, [topicOf(topic)], silentLogger);
      expect(created).toContain(topic);

      const seen: string[] = [];
      const consumer = await new KafkaConsumer(config, silentLogger).run({
        group: topic,
        topics: [topic],
        onRecord: async ({ key, value }) => void seen.push(`${key}=${value}`),
      });
      const publisher = new KafkaPublisher(config, silentLogger);
      await publisher.publish([{ topic, key: 'k', value: 'through', headers: {} }]);
      await eventually(() => seen.includes('k=through'));
      await publisher.close();
      await consumer.stop();
    });
  });

  describe('refuses with an error that says what to change', () => {
    it.each<[string, () => Record<string, string>, string, RegExp]>([
      [
        'a wrong password, SCRAM',
        () => overTls('scram-sha-512', { ...service, password: wrong }),
        'BROKER_ACCESS_DENIED',
        /KAFKA_SASL_PASSWORD.*SCRAM/,
      ],
      [
        'a wrong password, PLAIN',
        () => overPlainText('plain', { ...service, password: wrong }),
        'BROKER_ACCESS_DENIED',
        /KAFKA_SASL_PASSWORD/,
      ],
      [
        'an unknown user',
        () => overTls('scram-sha-256', { name: 'nobody', password: wrong }),
        'BROKER_ACCESS_DENIED',
        /KAFKA_SASL_USERNAME/,
      ],
      [
        'a mechanism that the listener has not',
        () => overPlainText('scram-sha-256', { ...service, password: wrong }),
        'BROKER_ACCESS_DENIED',
        /KAFKA_SASL_MECHANISM.*does not support/,
      ],
      [
        'no credentials',
        () => ({ KAFKA_BROKERS: broker.saslSsl, ...tls() }),
        'BROKER_ACCESS_DENIED',
        /asks for credentials.*KAFKA_SASL_MECHANISM/,
      ],
      [
        'an unknown authority',
        () => ({ ...overTls('plain', { ...service, password: wrong }), ...tls(stranger.caFile) }),
        'BROKER_TLS_FAILED',
        /KAFKA_SSL_CA_FILE/,
      ],
      [
        'no authority',
        () => ({ KAFKA_BROKERS: broker.saslSsl, KAFKA_SSL: 'true', ...sasl('plain', { ...service, password: wrong }) }),
        'BROKER_TLS_FAILED',
        /KAFKA_SSL_CA_FILE/,
      ],
      [
        'a certificate of another host',
        () => ({ ...overTls('plain'), KAFKA_BROKERS: broker.saslSsl.replace('127.0.0.1', 'localhost') }),
        'BROKER_TLS_FAILED',
        /the name in KAFKA_BROKERS.*altnames/,
      ],
      [
        'plain text where TLS is spoken',
        () => ({ KAFKA_BROKERS: broker.saslSsl, ...sasl('scram-sha-256', { ...service, password: wrong }) }),
        'BROKER_TLS_FAILED',
        /speaks TLS.*KAFKA_SSL=true/,
      ],
      [
        'TLS where plain text is spoken',
        () => ({ ...overTls('plain', { ...service, password: wrong }), KAFKA_BROKERS: broker.saslPlaintext }),
        'BROKER_TLS_FAILED',
        /does not speak TLS.*KAFKA_SSL/,
      ],
      [
        'no client certificate where one is asked for',
        () => ({ KAFKA_BROKERS: broker.mutualTls, ...tls() }),
        'BROKER_TLS_FAILED',
        /KAFKA_SSL_CERT_FILE/,
      ],
    ])('%s', async (_, environment, code, message) => {
      const config = kafkaEnvironmentSchema.parse(environment());
      const log = new RecordedLog();
      const failure = await ensureTopics(config, [topicOf('secured.never')], log).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code, retryable: false, message: expect.stringMatching(message) });
      const shown = `${everythingIn(failure)} ${log.text()}`;
      for (const secret of [wrong, Buffer.from(wrong).toString('base64')]) expect(shown).not.toContain(secret);
    });

    it('a wrong password when publishing', async () => {
      const config = kafkaEnvironmentSchema.parse(overTls('scram-sha-256', { ...service, password: wrong }));
      const publisher = new KafkaPublisher(config, silentLogger);
      await expect(
        publisher.publish([{ topic: 'secured.x', key: 'k', value: 'v', headers: {} }]),
      ).rejects.toMatchObject({ code: 'BROKER_ACCESS_DENIED', retryable: false });
    });

    it('a wrong password when consuming: the consumer waits for better days and logs why', async () => {
      const config = kafkaEnvironmentSchema.parse(overTls('scram-sha-256', { ...service, password: wrong }));
      const log = new RecordedLog();
      const consumer = await new KafkaConsumer(config, log).run({
        group: 'secured.x',
        topics: ['secured.x'],
        onRecord: async () => {},
      });
      await eventually(() => consumer.state() === 'reconnecting');
      await consumer.stop();
      expect(log.lines.find((line) => line.startsWith('error'))).toContain('BROKER_ACCESS_DENIED');
      expect(log.text()).not.toContain(wrong);
    });
  });

  describe('with ACLs', () => {
    it('names the topics and the ACL where a user may not create them', async () => {
      const config = kafkaEnvironmentSchema.parse(overTls('scram-sha-256', reader));
      const failure = await ensureTopics(config, [topicOf('secured.forbidden')], silentLogger).catch((e: unknown) => e);
      const topics = ['secured.forbidden', 'secured.forbidden.retry', 'secured.forbidden.dlq'];
      expect(failure).toMatchObject({
        code: 'TOPIC_CREATION_FORBIDDEN',
        retryable: false,
        message: expect.stringMatching(/User:reader.*secured\.forbidden.*operation Create on resource Topic/),
        details: { principal: 'User:reader', acl: { resource: 'Topic', operation: 'Create' } },
      });
      expect((failure as { details: { topics: string[] } }).details.topics.sort()).toEqual(topics.sort());
      expect(everythingIn(failure)).not.toContain(reader.password);
    });

    describe('tells a refusal from an outage', () => {
      const topic = 'secured.refused';
      const firstComplaint = async (user: User) => {
        const log = new RecordedLog();
        const config = kafkaEnvironmentSchema.parse(overTls('plain', user));
        const subscription = { group: topic, topics: [topic], onRecord: async () => {} };
        const consumer = await new KafkaConsumer(config, log).run(subscription);
        await eventually(() => consumer.state() === 'reconnecting');
        await consumer.stop();
        return log.lines.find((line) => /^(warn|error) /.test(line));
      };

      beforeAll(async () => {
        await ensureTopics(kafkaEnvironmentSchema.parse(overTls('plain')), [topicOf(topic)], silentLogger);
      });

      it('to write', async () => {
        const publisher = new KafkaPublisher(kafkaEnvironmentSchema.parse(overTls('plain', reader)), silentLogger);
        const sent = publisher.publish([{ topic, key: 'k', value: 'v', headers: {} }]);
        await expect(sent).rejects.toMatchObject({ code: 'BROKER_REJECTED', retryable: false });
        await publisher.close();
      });

      it('to read', async () => {
        expect(await firstComplaint(writer)).toMatch(/^error.*BROKER_REJECTED.*TOPIC_AUTHORIZATION_FAILED/s);
      });

      it('to join the group, which the client does not tell from a missing coordinator', async () => {
        expect(await firstComplaint(reader)).toMatch(/^warn.*operation Read on resource Group/s);
      });
    });
  });
});
