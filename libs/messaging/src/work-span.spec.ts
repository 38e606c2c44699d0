import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { activeTraceContext } from './trace-context';
import { inWorkSpan, traceToContinue } from './work-span';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const traceparent = `00-${traceId}-b7ad6b7169203331-01`;

describe('work outside a handler', () => {
  const exporter = new InMemorySpanExporter();

  beforeAll(() => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    const spanProcessors = [new SimpleSpanProcessor(exporter)];
    trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors }));
  });
  afterAll(() => {
    trace.disable();
    context.disable();
  });
  beforeEach(() => exporter.reset());

  it('goes on with the trace of what asked for it, and hands it on', async () => {
    const inside = await inWorkSpan('judge', { traceparent }, { cycle: 'c' }, async () => traceToContinue());
    const [span] = exporter.getFinishedSpans();
    expect(span).toMatchObject({ name: 'judge', attributes: { cycle: 'c' } });
    expect(span?.parentSpanContext?.spanId).toBe('b7ad6b7169203331');
    expect(inside).toEqual({ traceparent: `00-${traceId}-${span?.spanContext().spanId}-01` });
  });

  it('begins a trace where nothing was traced, and says what failed', async () => {
    const work = () => Promise.reject(Object.assign(new Error('no'), { code: 'SOME_CODE' }));
    await expect(inWorkSpan('judge', {}, {}, work)).rejects.toThrow('no');
    expect(exporter.getFinishedSpans()[0]).toMatchObject({ status: { message: 'SOME_CODE' } });
    expect(activeTraceContext()).toEqual({});
    expect(traceToContinue()).toEqual({});
  });
});
