import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { silentLogger } from '@perennial/messaging';
import { deployable } from '../testing/artifact.examples';
import { CountingMetrics, FakeModel, slotWith } from '../testing/fake.model';
import type { EnrichRows } from './enrich.rows';
import { ModelSlots } from './model.slots';
import { PredictRows } from './predict.rows';
import { PredictionLog } from './prediction.log';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const origin = { traceparent: `00-${TRACE}-b7ad6b7169203331-01` };
const clock = { now: () => new Date(0) };
const instances = [{ age: 30 }, { age: 31 }];

describe('the span of a prediction', () => {
  const exporter = new InMemorySpanExporter();
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });

  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    trace.setGlobalTracerProvider(provider);
  });
  afterAll(() => {
    trace.disable();
    context.disable();
  });
  beforeEach(() => exporter.reset());

  async function served(model: FakeModel): Promise<PredictRows> {
    const slot = slotWith(async () => model);
    slot.offer(deployable(1, Uint8Array.of(1)));
    await slot.settled();
    // The span of the load is none of a prediction.
    exporter.reset();
    const metrics = new CountingMetrics();
    const stamp = { source: 's', clock, newId: () => '0194b2d0-11c2-4e41-8d5b-0a9c6f3e2000' };
    const options = { replicaId: 'r', capacity: 10, intervalMs: 1_000 };
    const log = new PredictionLog({ publish: async () => undefined }, stamp, metrics, silentLogger, options);
    const enrich = { policyOf: () => undefined } as unknown as EnrichRows;
    return new PredictRows({ slots: new ModelSlots([slot]), log, metrics, clock, enrich, maxRows: 10 });
  }

  it('names model, version and arm, and continues the trace of the client', async () => {
    const model = new FakeModel();
    const predict = await served(model);
    model.cached = [1];
    await predict.request(undefined, { instances }, { trace: origin });
    const [span, ...others] = exporter.getFinishedSpans();
    expect(others).toEqual([]);
    expect(span).toMatchObject({
      name: 'predict credit',
      parentSpanContext: { traceId: TRACE, spanId: 'b7ad6b7169203331' },
      attributes: {
        ...{ 'triton.model_name': 'credit', 'triton.model_version': 'v1', 'perennial.arm': 'stable' },
        ...{ 'perennial.rows': 2, 'perennial.cached_rows': 1 },
      },
      status: { code: 0 },
    });
  });

  it('is a part of the request where that has a span', async () => {
    const predict = await served(new FakeModel());
    const request = provider.getTracer('test').startSpan('POST /predict');
    const within = trace.setSpan(context.active(), request);
    await context.with(within, () => predict.request(undefined, { instances }, { trace: origin }));
    expect(exporter.getFinishedSpans()[0]?.parentSpanContext?.spanId).toBe(request.spanContext().spanId);
  });

  it('says what went wrong, and whose answer it would have been', async () => {
    const model = new FakeModel();
    const predict = await served(model);
    model.failures = [Object.assign(new Error('full'), { code: 'OVERLOADED' })];
    await expect(predict.request(undefined, { instances })).rejects.toThrow('full');
    const [span] = exporter.getFinishedSpans();
    expect(span).toMatchObject({
      attributes: { 'triton.model_version': 'v1', 'perennial.arm': 'stable', 'error.type': 'OVERLOADED' },
      status: { code: 2, message: 'OVERLOADED' },
    });
    expect(span?.parentSpanContext).toBeUndefined();
  });
});
