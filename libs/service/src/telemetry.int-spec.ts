import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Controller, Inject, Module } from '@nestjs/common';
import { dayManifestV1, topics, viewUpdatedV1, type DataOf } from '@perennial/contracts';
import { emit, type EventEnvelope, type OutgoingEvent, type Transactor } from '@perennial/messaging';
import type { Connection } from 'mongoose';
import { z } from 'zod';
import { DATABASE, OnEvent, Payload, startService, TRANSACTOR, type RunningService } from './index';

interface Span {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
}

const name = `trace-${randomUUID().slice(0, 8)}`;
const digest = `sha256:${'0'.repeat(64)}`;
const file = { store: 'gridfs' as const, bucket: 'raw_data', fileId: 'x', digest, bytes: 1, mediaType: 'text/plain' };

const view = (): OutgoingEvent =>
  emit(viewUpdatedV1, {
    view: name,
    viewVersion: 1,
    dataset: name,
    day: '2026-01-01',
    batchId: `${name}/2026-01-01`,
    correctionOf: null,
    schemaDigest: digest,
    rows: 1,
    labelledRows: 1,
    quality: { verdict: 'passed', findings: [] },
    lineage: { raw: file, processed: file, metadataId: 'm' },
  });

const handled: string[] = [];

@Controller()
class Chain {
  @OnEvent(dayManifestV1)
  first(@Payload() { data }: EventEnvelope<DataOf<typeof dayManifestV1>>): OutgoingEvent[] {
    return data.dataset === name ? [view()] : [];
  }

  @OnEvent(viewUpdatedV1)
  second(@Payload() { data }: EventEnvelope<DataOf<typeof viewUpdatedV1>>): OutgoingEvent[] {
    if (data.view === name) handled.push(data.batchId);
    return [];
  }
}

describe('traces', () => {
  const spans: Span[] = [];
  let collector: Server;
  let folder: string;
  let service: RunningService;
  let database: Connection;
  let transactor: Transactor;

  beforeAll(async () => {
    const { KAFKA_BROKERS, MONGO_URL } = process.env;
    if (!KAFKA_BROKERS || !MONGO_URL) throw new Error('KAFKA_BROKERS and MONGO_URL must name running servers');
    collector = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        spans.push(...spansOf(JSON.parse(Buffer.concat(chunks).toString('utf8'))));
        response.setHeader('content-type', 'application/json').end('{}');
      });
    });
    await new Promise<void>((resolve) => collector.listen(0, '127.0.0.1', resolve));
    folder = mkdtempSync(join(tmpdir(), 'trace-'));

    @Module({ controllers: [Chain] })
    class Root {
      constructor(@Inject(DATABASE) connection: Connection, @Inject(TRANSACTOR) given: Transactor) {
        database = connection;
        transactor = given;
      }
    }
    service = await startService(
      { name: 'chain', module: Root, configSchema: z.object({}) },
      {
        env: {
          KAFKA_BROKERS,
          MONGO_URL,
          MONGO_DATABASE: name,
          GROUP_SUFFIX: `-${name}`,
          PIPELINES: folder,
          PORT: '0',
          LOG_LEVEL: 'silent',
          OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${(collector.address() as AddressInfo).port}`,
        },
      },
    );
  }, 60_000);

  afterAll(async () => {
    await database?.dropDatabase();
    await service?.close();
    collector?.close();
    rmSync(folder, { recursive: true });
  }, 30_000);

  it('join the hops of one chain over Kafka, parent to child', async () => {
    await transactor.transact(async () => [emit(dayManifestV1, { dataset: name, day: '2026-01-01', rows: 1 })]);
    // A span is exported some time after it ended, which for the last one is after its handler's transaction.
    const whole = () => spans.some((span) => chainOf(span, spans).length === 4);
    for (const deadline = Date.now() + 45_000; !whole() && Date.now() < deadline;) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect(handled).toEqual([`${name}/2026-01-01`]);

    const sends = spans.filter((span) => span.name === `send ${topics.views.name}`);
    const send = sends.find((span) => chainOf(span, spans).length > 1);
    expect(send).toBeDefined();
    const received = spans.find(({ parentSpanId }) => parentSpanId === send?.spanId);
    expect(received?.name).toBe(`process ${topics.views.name}`);
    expect(chainOf(received as Span, spans).map((span) => span.name)).toEqual([
      `process ${topics.views.name}`,
      `send ${topics.views.name}`,
      `process ${topics.records.name}`,
      `send ${topics.records.name}`,
    ]);
    expect(new Set(chainOf(received as Span, spans).map(({ traceId }) => traceId)).size).toBe(1);
  }, 60_000);
});

/** The span and its ancestors, nearest first. */
function chainOf(span: Span, all: readonly Span[]): Span[] {
  const parent = all.find(({ spanId }) => spanId === span.parentSpanId);
  return parent ? [span, ...chainOf(parent, all)] : [span];
}

function spansOf(body: { resourceSpans?: { scopeSpans?: { spans?: Span[] }[] }[] }): Span[] {
  return (body.resourceSpans ?? []).flatMap(({ scopeSpans = [] }) => scopeSpans.flatMap(({ spans = [] }) => spans));
}
