import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Inject, Module } from '@nestjs/common';
import { dayManifestV1, type DataOf } from '@perennial/contracts';
import {
  emit,
  stampEvents,
  type EventEnvelope,
  type HandlerContext,
  type Publisher,
  silentLogger,
  type Stamp,
} from '@perennial/messaging';
import { installationsIn, kafkaConfigSchema } from '@perennial/messaging-kafka';
import { sessionOf } from '@perennial/messaging-mongo';
import type { Connection } from 'mongoose';
import { z } from 'zod';
import { Ctx, DATABASE, OnEvent, Payload, PUBLISHER, STAMP, startService, type RunningService } from './index';

const kafka = process.env.KAFKA_BROKERS;
const mongo = process.env.MONGO_URL;

@Controller()
class ManifestConsumer {
  constructor(@Inject(DATABASE) private readonly database: Connection) {}

  @OnEvent(dayManifestV1)
  async handle(@Payload() event: EventEnvelope<DataOf<typeof dayManifestV1>>, @Ctx() context: HandlerContext) {
    await this.database.collection('seen').insertOne({ ...event.data }, { session: sessionOf(context.transaction) });
    return [];
  }
}

@Module({ controllers: [ManifestConsumer] })
class ManifestModule {}

describe('a service started by the kit', () => {
  const dataset = `kit-${randomUUID().slice(0, 8)}`;
  const databaseName = `kit_${randomUUID().slice(0, 8)}`;
  let folder: string;
  let service: RunningService;
  let publish: (rows: number, times: number) => Promise<void>;
  let database: Connection;

  beforeAll(async () => {
    if (!kafka || !mongo) throw new Error('KAFKA_BROKERS and MONGO_URL must name running servers');
    folder = mkdtempSync(join(tmpdir(), 'kit-'));
    @Module({ imports: [ManifestModule] })
    class Root {
      constructor(
        @Inject(PUBLISHER) publisher: Publisher,
        @Inject(STAMP) stamp: Stamp,
        @Inject(DATABASE) connection: Connection,
      ) {
        database = connection;
        publish = async (rows, times) => {
          const [entry] = stampEvents([emit(dayManifestV1, { dataset, day: '2026-01-01', rows })], {}, stamp);
          if (!entry) throw new Error('nothing to publish');
          for (let i = 0; i < times; i++) await publisher.publish([entry]);
        };
      }
    }
    service = await startService({ name: 'kit', module: Root, configSchema: z.object({}) }, { env: environment() });
  }, 60_000);

  const environment = (changed: Record<string, string> = {}) => ({
    KAFKA_BROKERS: kafka,
    MONGO_URL: mongo,
    MONGO_DATABASE: databaseName,
    PIPELINES: folder,
    GROUP_SUFFIX: `-${dataset}`,
    LOG_LEVEL: 'warn',
    PORT: '0',
    ...changed,
  });
  const startAnother = (changed?: Record<string, string>) =>
    startService({ name: 'kit', module: ManifestModule, configSchema: z.object({}) }, { env: environment(changed) });

  afterAll(async () => {
    await database?.dropDatabase();
    await service?.close();
    rmSync(folder, { recursive: true });
  }, 30_000);

  it('answers liveness, readiness and metrics', async () => {
    expect(await (await fetch(`${service.url}/health/live`)).json()).toEqual({ service: 'kit', live: true });
    const ready = await until(async () => {
      const response = await fetch(`${service.url}/health/ready`);
      return response.status === 200 ? response.json() : undefined;
    });
    expect(ready).toEqual({
      service: 'kit',
      ready: true,
      checks: { database: 'ok', broker: 'ok', 'object store': 'ok' },
    });
    expect(await (await fetch(`${service.url}/metrics`)).text()).toContain('messaging_process_duration_seconds');
  }, 60_000);

  it('handles an event once, however often it is delivered', async () => {
    await publish(1, 3);
    await publish(2, 1);
    const seen = () => database.collection('seen').find({ dataset }).toArray();
    await until(async () => ((await seen()).some(({ rows }) => rows === 2) ? true : undefined));
    expect((await seen()).map(({ rows }) => rows as number).sort()).toEqual([1, 2]);
  }, 60_000);

  it('starts again beside itself, and with another database only in consumer groups of its own', async () => {
    const replica = await startAnother();
    await replica.close();
    const other = `${databaseName}_b`;
    // While members come and go the broker tells nothing of them; whoever comes then is refused when joining.
    const broker = kafkaConfigSchema.parse({ brokers: [kafka] });
    const group = `kit-${dataset}`;
    await until(async () => ((await installationsIn(broker, [group], silentLogger)).has(group) ? true : undefined));
    await expect(startAnother({ MONGO_DATABASE: other })).rejects.toMatchObject({
      code: 'FOREIGN_INSTALLATION',
      details: {
        group,
        ours: expect.stringMatching(`^${other}/`),
        theirs: expect.stringMatching(`^${databaseName}/`),
      },
    });
    const beside = await startAnother({ MONGO_DATABASE: other, GROUP_SUFFIX: `-${dataset}-b` });
    await database.useDb(other).dropDatabase();
    await beside.close();
  }, 120_000);

  it('answers an unknown path with an error body', async () => {
    const response = await fetch(`${service.url}/nowhere`);
    expect(response.status).toBe(404);
    expect(await response.json()).toMatchObject({ error: { code: 'UNKNOWN_PATH' } });
  });
});

async function until<T>(probe: () => Promise<T | undefined>, deadline = Date.now() + 45_000): Promise<T> {
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error('timed out');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
