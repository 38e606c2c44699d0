import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { join, resolve } from 'node:path';
import { kafkaAcls, userOf } from '@perennial/cli';
import {
  attemptsExhaustedV1,
  type DataOf,
  labelToldV1,
  recordsPushedV1,
  serviceNames,
  topics,
  trafficObservedV1,
} from '@perennial/contracts';
import { emit, type OutgoingEvent, silentLogger, stampEvents } from '@perennial/messaging';
import { eventually } from '@perennial/messaging/testing';
import { KafkaPublisher } from '@perennial/messaging-kafka';
import { connectDatabase, mongoEnvironmentSchema } from '@perennial/messaging-mongo';
import { type Canary, leaksIn } from '../canaries/canary';
import { textOfAnswers, textOfTopics } from '../canaries/exposure';
import { aclsOf } from './acl.command';
import { decisionsIn } from './authorizer.log';
import { freshRequest } from './fresh.request';
import { chosenSeed } from './inherited.environment.config';
import { leakPipeline, leakRows } from './leak.pipeline';
import { type Right, rightsGranted, rightText, unusedRights } from './right.usage';
import { SecuredPlatform } from './secured.platform';
import { ServiceProcess } from './service.process';

interface Cycle {
  day: string;
  status: string;
}

const patience = 240_000;
const wrong = 'canary of a wrong password&';
/** Of a request: it may be answered, and logged as a prediction, but not told in a log. */
const raw = 'canary-of-a-raw-value';
const wrongKey = `pk_0123456789ab_${'canary-of-a-wrong-key'.padEnd(43, '0')}`;
const token = 'eyJhbGciOiJub25lIn0.canary-of-a-token.canary-of-its-signature';
const fixture = (name: string) =>
  JSON.parse(readFileSync(resolve(__dirname, '../../../../contracts/fixtures', `${name}.json`), 'utf8'));
const ofPipeline = (pipeline: string, data: { day: string }) => ({
  ...(data as DataOf<typeof attemptsExhaustedV1>),
  pipeline,
  cycleId: `${pipeline}/${data.day}`,
});
/**
 * Every service has an outbox; that of inference stays empty, as its events are no part of a transaction. And no training
 * here takes long enough for a checkpoint.
 */
const spare = [
  ...['sequences', 'positions'].map((kept) => `perennial-inference inference_outbox_${kept}`),
  ...['files', 'chunks'].map((kept) => `perennial-trainer checkpoints.${kept}`),
];
const brisk = { BOOTSTRAP_RESAMPLES: '50', INGESTION_CLOSING_INTERVAL_MS: '200', DEPLOYER_INTERVAL_MS: '200' };
/** Nobody listens on port 9: each channel fails, and says why. */
const secrets = {
  PAGERDUTY_ROUTING_KEY: 'canary0pagerduty0routing0key0000',
  PAGERDUTY_URL: 'http://127.0.0.1:9/v2/enqueue',
  SLACK_WEBHOOK_URL: 'http://127.0.0.1:9/services/canary-of-slack',
  SMTP_URL: 'smtp://mailer:canary-of-smtp@127.0.0.1:9',
  ALERT_EMAIL_FROM: 'perennial@city.example',
  ALERT_EMAIL_TO: 'oncall@city.example',
  WEBHOOK_URL: 'http://127.0.0.1:9/hook?token=canary-of-webhook',
  WEBHOOK_SECRET: 'canary-of-webhook-signature',
  S3_ACCESS_KEY_ID: 'canary-of-s3-id',
  S3_SECRET_ACCESS_KEY: 'canary-of-s3-secret',
  OPENAI_API_KEY: 'canary-of-openai',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
  OTEL_EXPORTER_OTLP_HEADERS: 'authorization=canary-of-otlp',
  LOG_LEVEL: 'debug',
};
interface Predicted {
  probability: number;
  enrichment?: object;
}

const isCompanion = (topic: string) => /\.(dlq|retry)$/.test(topic);

describe('the whole loop, with a user of its own for every service', () => {
  const home = mkdtempSync(join(tmpdir(), 'secured-loop-'));
  let platform: SecuredPlatform;

  const decisions = () => decisionsIn(platform.broker.decisions());
  /** The operator's rights are not under test: a person uses them. */
  const rights = () => rightsGranted(platform.privileges.filter(({ name }) => name !== 'operator'));

  const publishAs = async (name: string, event: OutgoingEvent) => {
    const publisher = new KafkaPublisher(platform.kafkaOf(name), silentLogger);
    const stamp = { source: `/${name}`, clock: { now: () => new Date() }, newId: randomUUID };
    try {
      await publisher.publish(stampEvents([event], {}, stamp));
    } finally {
      await publisher.close();
    }
  };
  /** Records by Kafka, the manifest by HTTP. */
  const push = async (day: string) => {
    const records = leakRows(day);
    await publishAs('producer', emit(recordsPushedV1, { dataset: 'leaks', day, records }));
    await post('ingestion', `/api/v1/datasets/leaks/days/${day}/manifest`, { rows: records.length });
  };
  const post = (service: string, path: string, body: object) =>
    fetch(platform.service(service).url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...platform.authorization },
      body: JSON.stringify(body),
    });
  const cycles = async (): Promise<Cycle[]> => {
    const answer = await fetch(`${platform.service('evaluator').url}/api/v1/cycles`, {
      headers: platform.authorization,
    });
    return ((await answer.json()) as { cycles: Cycle[] }).cycles;
  };
  const statusOf = async (day: string) => (await cycles()).find((cycle) => cycle.day === day)?.status;
  const until = (condition: () => unknown) =>
    eventually(condition, patience).catch(async (error: unknown) => {
      const state = JSON.stringify(await cycles());
      throw new Error(`${state}\n${platform.complaints().slice(-6_000)}`, { cause: error });
    });

  beforeAll(async () => {
    platform = await SecuredPlatform.start({
      home,
      pipeline: leakPipeline,
      variables: { ...secrets, ...brisk },
    });
    await platform.startServices();
  }, 300_000);

  afterAll(async () => {
    await platform?.stop();
    rmSync(home, { recursive: true, force: true });
  }, 120_000);

  it('takes a day, trains, promotes, and serves a prediction', async () => {
    await push('2026-03-02');
    await until(async () => (await statusOf('2026-03-02')) === 'promoted');
    const predict = (position = 'open') => post('inference', '/predict', { instances: [{ position, pressure: 3 }] });
    await until(async () => (await predict()).status === 200);
    const { predictions } = (await (await predict()).json()) as { predictions: { probability: number }[] };
    expect(predictions[0]?.probability).toBeGreaterThan(0.5);
    await predict(raw);
    await post('inference', '/predict', { instances: [{ position: 'open', pressure: raw }] });
  }, 300_000);

  it('answers for a meter, which is no feature, by its number alone as if its row had been sent', async () => {
    const predict = async (instances: object[]) => {
      const answer = await post('inference', '/predict', { instances });
      const { predictions } = (await answer.json()) as { predictions: Predicted[] };
      return answer.status === 200 ? predictions : undefined;
    };
    const rows = leakRows('2026-03-02').slice(10, 14);
    let byMeter: Predicted[] = [];
    await until(async () => (byMeter = (await predict(rows.map(({ meter }) => ({ meter })))) ?? []).length > 0);
    const whole = (await predict(rows)) as Predicted[];
    expect(byMeter.map(({ probability }) => probability)).toEqual(whole.map(({ probability }) => probability));
    expect(byMeter[0]?.enrichment).toMatchObject({
      age_seconds: { position: expect.any(Number), pressure: expect.any(Number) },
      views: ['leaks@v1'],
    });
    expect(whole[0]?.enrichment).toBeUndefined();
    expect((await post('inference', '/predict', { entities: { meter: 4 } })).status).toBe(422);
  }, 120_000);

  it('takes a label for a prediction, and what arms would be observed to answer', async () => {
    const answer = await post('inference', '/predict', { instances: [{ position: 'open', pressure: 3 }] });
    const { predictions } = (await answer.json()) as { predictions: { prediction_id: string }[] };
    const predictionId = predictions[0]?.prediction_id as string;
    await publishAs('producer', emit(labelToldV1, { predictionId, label: 1, at: new Date().toISOString() }));
    const { data } = fixture(trafficObservedV1.type) as { data: DataOf<typeof trafficObservedV1> };
    await publishAs('inference', emit(trafficObservedV1, { ...data, pipeline: 'leaks' }));
    const labelled = (use: string) => /perennial-inference \S+ prediction_labels/.test(use);
    await until(() => [...platform.gate.used].some(labelled));
  }, 120_000);

  it('asks everybody for a key, and the services have one of their own that is enough and no more', async () => {
    const { url } = platform.service('registry');
    const statusWith = async (headers: Record<string, string>, path = '/api/v1/models') =>
      (await fetch(url + path, { headers })).status;
    const services = { 'x-api-key': platform.keys.service };
    expect([await statusWith({}), await statusWith(services), await statusWith(platform.authorization)]).toEqual([
      401, 200, 200,
    ]);
    expect([await statusWith(services, '/metrics'), await statusWith({}, '/health/ready')]).toEqual([403, 200]);
    const unsigned = await fetch(`${url}/api/v1/models/leaks/versions/none/approve`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...platform.authorization },
      body: JSON.stringify({ by: 'somebody else' }),
    });
    expect(await unsigned.json()).toMatchObject({ error: { code: 'OTHER_IDENTITY' } });
  });

  it('raises an alert, and keeps what cannot be handled among the dead letters', async () => {
    await publishAs(
      'evaluator',
      emit(attemptsExhaustedV1, ofPipeline('leaks', fixture(attemptsExhaustedV1.type).data)),
    );
    const consumed = rights().filter(
      ({ operation, resource, name }) => operation === 'Read' && resource === 'Topic' && !isCompanion(name),
    );
    await platform.broker.asBroker(async (client) => {
      const producer = client.producer();
      await producer.connect();
      for (const topic of new Set(consumed.map(({ name }) => name)))
        await producer.send({ topic, messages: [{ key: 'poison', value: 'no event' }] });
      await producer.disconnect();
    });
    const written = () => unusedRights(rights(), decisions()).map(rightText);
    await until(() => !written().some((right) => / Write Topic .*(\.dlq|alerts\.v1)$/.test(right)));
  }, 300_000);

  it('needs every right that it was given, and no other', () => {
    expect(unusedRights(rights(), decisions()).map(rightText)).toEqual([]);
    expect([
      ...new Set(
        decisions()
          .filter(({ allowed }) => !allowed)
          .map(rightText),
      ),
    ]).toEqual([]);
    const touched = new Set([...platform.gate.used].map((use) => use.replace(/ \S+ /, ' ')));
    const granted = platform.privileges.flatMap((each) =>
      each.collections.map(({ collection }) => `${userOf(each)} ${collection}`),
    );
    expect(granted.filter((each) => !touched.has(each) && !spare.includes(each))).toEqual([]);
    expect([...platform.gate.refused]).toEqual([]);
  });

  it('stands still when one right is taken away, and goes on when it is given back', async () => {
    const way = ['ingestion', 'preprocessing', 'feature-store', 'evaluator'].map((name) => userOf({ name }));
    const candidates = rights().filter(
      ({ user, resource, name }) =>
        way.includes(user) && resource === 'Topic' && /(ingestion|preprocessing|features|cycles)\..*v1$/.test(name),
    );
    const taken = candidates[chosenSeed() % candidates.length] as Right;
    const entries = aclsOf(kafkaAcls(platform.privileges)).filter(
      ({ principal, resourceName }) => principal === `User:${taken.user}` && resourceName === taken.name,
    );
    await platform.deny(entries);
    await push('2026-03-03');
    const denied = () =>
      decisions().some(({ allowed, user, name }) => !allowed && user === taken.user && name === taken.name);
    await until(denied);
    expect([rightText(taken), await statusOf('2026-03-03')]).not.toContain('kept');
    await platform.allow(entries);
    await until(async () => (await statusOf('2026-03-03')) === 'kept');
  }, 300_000);

  it.each(serviceNames)(
    '%s is refused on topics that are not its own',
    async (name) => {
      const mine = new Set(
        rights()
          .filter(({ user, operation }) => user === userOf({ name }) && operation === 'Write')
          .map((right) => right.name),
      );
      const foreign = Object.values(topics).filter((topic) => !mine.has(topic.name));
      const topic = foreign[chosenSeed() % foreign.length]?.name as string;
      const publisher = new KafkaPublisher(platform.kafkaOf(name), silentLogger);
      const refusal = publisher.publish([{ topic, key: 'k', value: 'v', headers: {} }]);
      await expect(refusal).rejects.toMatchObject({ code: 'BROKER_REJECTED', retryable: false });
      await publisher.close();
    },
    120_000,
  );

  it.each(serviceNames)(
    '%s is refused on collections that are not its own',
    async (name) => {
      const own = new Set(
        platform.privileges.find((each) => each.name === name)?.collections.map(({ collection }) => collection),
      );
      const foreign = platform.privileges
        .flatMap(({ collections }) => collections)
        .find(({ collection }) => !own.has(collection));
      const connection = await connectDatabase(mongoEnvironmentSchema.parse(platform.credentialsOf(name)), 'test');
      try {
        const collection = connection.collection(foreign!.collection);
        await expect(collection.findOne({})).rejects.toMatchObject({ code: 13 });
        await expect(collection.insertOne({ a: 1 })).rejects.toMatchObject({ code: 13 });
        await expect(connection.dropDatabase()).rejects.toMatchObject({ code: 13 });
      } finally {
        await connection.close();
      }
    },
    120_000,
  );

  describe('a hostile body', () => {
    const json = { 'content-type': 'application/json' };
    const records = '/api/v1/datasets/leaks/days/2026-03-09/records';
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    it.each<[string, string, string, Record<string, string>, string | Buffer, number[]]>([
      ['nested 100,000 deep', 'inference', '/predict', json, `{"instances":[{"pressure":${deep}}]}`, [400]],
      ['nested 100,000 deep, as a record', 'ingestion', records, json, `[{"valve":${deep}}]`, [400]],
      ['with __proto__', 'inference', '/predict', json, '{"instances":[{"__proto__":{"a":1}}]}', [400]],
      [
        'that says it is packed',
        'ingestion',
        records,
        { ...json, 'content-encoding': 'gzip' },
        gzipSync('[]'),
        [400, 415],
      ],
      [
        'of one endless line',
        'ingestion',
        records,
        { 'content-type': 'text/csv' },
        `valve\n${'x'.repeat(5_000_000)}`,
        [400],
      ],
      [
        'that is no text',
        'registry',
        '/api/v1/models/leaks/versions/v1/approve',
        json,
        Buffer.from([0xff, 0xfe]),
        [400, 404],
      ],
    ])(
      '%s is refused by %s, which stays well',
      async (_, service, path, headers, body, expected) => {
        const { url } = platform.service(service);
        const known = { ...headers, ...platform.authorization };
        const answer = await freshRequest(url + path, { method: 'POST', headers: known, body });
        expect(expected).toContain(answer.status);
        if (answer.status >= 400)
          expect(JSON.parse(answer.text)).toMatchObject({
            error: { code: expect.any(String), message: expect.any(String) },
          });
        expect((await freshRequest(`${url}/health/ready`)).status).toBe(200);
      },
      120_000,
    );

    it('of 40 MB is refused by ingestion before any of it is sent', async () => {
      const { url } = platform.service('ingestion');
      const headers = { ...json, ...platform.authorization, 'content-length': 40_000_000 };
      const status = await new Promise<number | undefined>((resolve, reject) => {
        const declared = request(url + records, { method: 'POST', headers, agent: false });
        declared.once('error', reject).once('response', (answer) => {
          resolve(answer.statusCode);
          declared.destroy();
        });
        declared.flushHeaders();
      });
      expect(status).toBe(413);
      expect((await freshRequest(`${url}/health/ready`)).status).toBe(200);
    }, 120_000);
  });

  describe('secrets', () => {
    const canaries = (): Canary[] => [
      ...Object.entries(secrets).flatMap(([place, value]) =>
        (/canary[\w-]*/.exec(value) ?? []).map((secret) => ({ place, secret })),
      ),
      ...platform.privileges.map(({ name }) => ({ place: name, secret: platform.credentialsOf(name).MONGO_PASSWORD! })),
      { place: 'wrong password', secret: wrong },
      { place: 'key', secret: platform.keys.operator.slice(16) },
      { place: 'key of the services', secret: platform.keys.service.slice(16) },
      ...['canary-of-a-wrong-key', 'canary-of-a-token', 'canary-of-its-signature', 'canary-of-basic'].map((secret) => ({
        ...{ place: 'credential of a request', secret },
      })),
      { place: 'TLS key', secret: readFileSync(platform.authority.server.keyFile, 'utf8').split('\n')[1]! },
    ];

    const credentials = (): Record<string, string>[] => [
      platform.authorization,
      { authorization: `Bearer ${wrongKey}` },
      { authorization: `Bearer ${token}` },
      { authorization: `Basic ${Buffer.from('u:canary-of-basic').toString('base64')}` },
      { 'x-api-key': platform.keys.service },
      {},
    ];

    it('are in no log, event, dead letter, answer or metric', async () => {
      const logs = platform.running.map((service) => service.log()).join('\n');
      expect(logs).toContain('"level":"debug"');
      const events = await platform.broker.asBroker(textOfTopics);
      expect(events).toContain('perennial.alerting.v1.alert-raised');
      const answers = (await Promise.all(platform.running.map(({ url }) => textOfAnswers(url, credentials())))).join(
        '\n',
      );
      expect(answers).toContain('messaging_process_duration_seconds');
      // What the requests made the services log is among it.
      const told = platform.running.map((service) => service.log()).join('\n');
      for (const text of [told, events, answers]) expect(leaksIn(text, canaries())).toEqual([]);
      expect(leaksIn(told, [{ place: 'raw value', secret: raw }])).toEqual([]);
    }, 120_000);

    const nobody = '127.0.0.1:9';
    it.each<[string, Record<string, string>]>([
      ['the broker refuses the password', { KAFKA_SASL_PASSWORD: wrong }],
      ['the broker cannot be reached', { KAFKA_BROKERS: nobody }],
      ['the database refuses the password', { MONGO_PASSWORD: wrong }],
      [
        'the database cannot be reached',
        { MONGO_URL: `mongodb://u:${encodeURIComponent(wrong)}@${nobody}/p`, MONGO_USERNAME: '', MONGO_PASSWORD: '' },
      ],
      ['settings are wrong', { PAGERDUTY_ROUTING_KEY: wrong, SMTP_URL: wrong, MONGO_URL: wrong, KAFKA_SSL: wrong }],
    ])(
      'are not told where %s',
      async (_, changes) => {
        const variables = {
          ...platform.credentialsOf('alerting'),
          ...secrets,
          ...changes,
          PIPELINES: join(home, 'pipelines'),
        };
        const service = ServiceProcess.start('alerting', 0, variables, mkdtempSync(join(home, 'failing-')));
        const output = await service.failure(patience).finally(() => service.stop());
        expect(output).not.toBe('');
        expect(leaksIn(output, canaries())).toEqual([]);
      },
      150_000,
    );
  });

  it('finds that the database alone holds a user to the actions of the role, not to its collections', async () => {
    const { MONGO_URL, ...credentials } = platform.credentialsOf('inference');
    const direct = MONGO_URL!.replace(/:\d+\//, `:${platform.database.port}/`);
    const connection = await connectDatabase(
      mongoEnvironmentSchema.parse({ ...credentials, MONGO_URL: direct }),
      'test',
    );
    try {
      await expect(connection.dropDatabase()).rejects.toMatchObject({ code: 13 });
      await expect(connection.collection('ingestion_days').findOne({})).resolves.toBeDefined();
    } finally {
      await connection.close();
    }
  }, 120_000);
});
