import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { emit } from '../emit';
import { MessagingError } from '../errors';
import { instrumentPublisher } from '../instrumented-publisher';
import { type MessagingMetrics, noMetrics } from '../metrics';
import type { OutgoingRecord } from '../record';
import { stampEvents } from '../stamp';
import { thingDelivery, thingHappened } from '../testing/delivery.fixture';
import { telemetry } from './telemetry';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

describe('telemetry', () => {
  const exporter = new InMemorySpanExporter();
  const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer('test');
  beforeAll(() => context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable()));
  afterAll(() => context.disable());
  beforeEach(() => exporter.reset());

  const delivery = thingDelivery();
  delivery.record.headers.ce_traceparent = Buffer.from(traceparent);

  it('continues the trace of the producer through the handler to what it emits and sends', async () => {
    const stamp = { source: '/s', clock: { now: () => new Date(0) }, newId: () => 'n' };
    const sent: OutgoingRecord[] = [];
    const publisher = instrumentPublisher(
      { publish: async (records) => void sent.push(...records) },
      { tracer, seconds: () => 0 },
    );
    await telemetry(
      tracer,
      noMetrics,
      () => 0,
    )(async () => {
      await publisher.publish(stampEvents([emit(thingHappened, { thing: 'a', size: 1 })], {}, stamp));
      return [];
    })(delivery);
    const [send, process] = exporter.getFinishedSpans();
    expect(process).toMatchObject({ name: `process ${thingHappened.topic.name}`, kind: 4 });
    expect(process?.spanContext().traceId).toBe(traceId);
    expect(process?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(process?.attributes).toMatchObject({
      'messaging.system.name': 'kafka',
      'messaging.operation.name': 'process',
      'messaging.destination.name': thingHappened.topic.name,
      'messaging.destination.partition.id': '0',
      'messaging.consumer.group.name': 'g',
      'kafka.offset': '7',
      'kafka.message.key': 'a',
    });
    expect(send).toMatchObject({ name: `send ${thingHappened.topic.name}`, kind: 3 });
    expect(send?.parentSpanContext?.spanId).toBe(process?.spanContext().spanId);
    expect(sent[0]?.headers.ce_traceparent).toBe(`00-${traceId}-${send?.spanContext().spanId}-01`);
  });

  it('marks a failure on span and metric, and passes it on', async () => {
    const seen: unknown[] = [];
    const metrics: MessagingMetrics = { ...noMetrics, processed: (labels, seconds) => seen.push(labels, seconds) };
    const times = [1, 3];
    const failing = telemetry(
      tracer,
      metrics,
      () => times.shift() ?? 0,
    )(async () => {
      throw new MessagingError('UNKNOWN_TYPE', 'who?');
    });
    await expect(failing(delivery)).rejects.toMatchObject({ code: 'UNKNOWN_TYPE' });
    expect(seen).toEqual([{ destination: thingHappened.topic.name, group: 'g', error: 'UNKNOWN_TYPE' }, 2]);
    expect(exporter.getFinishedSpans()[0]?.attributes['error.type']).toBe('UNKNOWN_TYPE');
  });

  it('starts a trace of its own when the context is malformed', async () => {
    const broken = thingDelivery();
    broken.record.headers.ce_traceparent = Buffer.from('00-xyz');
    await telemetry(
      tracer,
      noMetrics,
      () => 0,
    )(async () => {
      expect(trace.getActiveSpan()).toBeDefined();
      return [];
    })(broken);
    expect(exporter.getFinishedSpans()[0]?.parentSpanContext).toBeUndefined();
  });
});
