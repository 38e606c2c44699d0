import type { LoggedEvent } from './event.log';
import { spansOf } from './otlp.collector';
import { waterfall, waterfallTable } from './waterfall';

const event = (
  name: string,
  service: string,
  madeAt: number,
  storedAt: number,
  offset: string,
): LoggedEvent & { service: string } => ({
  ...{ id: name, name, service, topic: 't', partition: 1, offset, madeAt, storedAt },
  ...{ correlationId: 'c', causationId: null, data: {} },
});

/** As a service exports it; times in nanoseconds. */
const exported = (service: string, offset: string, startedAt: number, endedAt: number) => ({
  resourceSpans: [
    {
      resource: { attributes: [{ key: 'service.name', value: { stringValue: service } }] },
      scopeSpans: [
        {
          spans: [
            {
              ...{ traceId: 'a', spanId: offset, name: 'process t' },
              startTimeUnixNano: `${startedAt}000000`,
              endTimeUnixNano: `${endedAt}500000`,
              attributes: [
                { key: 'messaging.destination.name', value: { stringValue: 't' } },
                { key: 'messaging.destination.partition.id', value: { stringValue: '1' } },
                { key: 'kafka.offset', value: { stringValue: offset } },
              ],
            },
          ],
        },
      ],
    },
  ],
});

describe('a waterfall', () => {
  const first = event('batch-closed', 'ingestion', 1_080, 1_100, '7');
  const second = event('batch-prepared', 'preprocessing', 1_290, 1_300, '8');
  // The alerting service also handles the first event, and makes nothing of it.
  const spans = [
    ...spansOf(exported('alerting', '7', 1_101, 1_102)),
    ...spansOf(exported('preprocessing', '7', 1_110, 1_280)),
  ];

  it('tells for each event how long it was waited for, and where', () => {
    expect(waterfall(1_000, [second, first], spans)).toEqual([
      {
        event: 'batch-closed',
        service: 'ingestion',
        atMs: 100,
        tookMs: 100,
        waitedMs: null,
        handledMs: null,
        workedMs: null,
        outboxMs: 20,
      },
      {
        event: 'batch-prepared',
        service: 'preprocessing',
        atMs: 300,
        tookMs: 200,
        waitedMs: 10,
        handledMs: 170.5,
        workedMs: null,
        outboxMs: 10,
      },
    ]);
  });

  it('prints one line for each', () => {
    expect(waterfallTable(waterfall(1_000, [first, second], spans)).split('\n')).toHaveLength(3);
  });
});
