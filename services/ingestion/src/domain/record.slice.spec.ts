import { dayManifestV1, recordsPushedV1 } from '@perennial/contracts';
import type { BrokerRecord } from '@perennial/messaging';
import { groupByDay, readSlice } from './record.slice';

const datasets = new Set(['credit']);

function broker(offset: number, headers: Record<string, string>, value: unknown): BrokerRecord {
  return {
    topic: 'records',
    partition: 0,
    offset: String(offset),
    key: null,
    value: Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)),
    headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, Buffer.from(text)])),
    timestamp: 0,
  };
}

const attributes = (type: string) => ({ specversion: '1.0', id: 'e1', source: '/producer', type });

const binary = (offset: number, type: string, data: unknown): BrokerRecord =>
  broker(
    offset,
    Object.fromEntries(Object.entries(attributes(type)).map(([name, text]) => [`ce_${name}`, text])),
    data,
  );

const push = (day: string, ...records: unknown[]) => ({ dataset: 'credit', day, records });

describe('a slice of what producers sent', () => {
  it('reads binary and structured events, records and manifests', () => {
    const structured = broker(
      8,
      { 'content-type': 'application/cloudevents+json' },
      { ...attributes(dayManifestV1.type), data: { dataset: 'credit', day: '2026-01-05', rows: 7 } },
    );
    const { entries, refused } = readSlice(
      [binary(7, recordsPushedV1.type, push('2026-01-05', { id: 1 })), structured],
      datasets,
    );
    expect(refused).toEqual([]);
    expect(entries).toEqual([
      { offset: 7, dataset: 'credit', day: '2026-01-05', content: { records: [{ id: 1 }] } },
      { offset: 8, dataset: 'credit', day: '2026-01-05', content: { manifest: 7 } },
    ]);
  });

  it('leaves single records to be judged one by one', () => {
    const { entries } = readSlice(
      [binary(1, recordsPushedV1.type, push('2026-01-05', 'x', null, { id: 1 }))],
      datasets,
    );
    expect(entries).toMatchObject([{ content: { records: ['x', null, { id: 1 }] } }]);
  });

  it('takes newer versions of records and manifest as far as it knows them', () => {
    const newer = ['perennial.ingestion.v2.records-pushed', 'perennial.ingestion.v2.day-manifest'] as const;
    const pushed = { ...push('2026-01-05', { id: 1 }), shard: 7 };
    const manifest = { dataset: 'credit', day: '2026-01-05', rows: 1, producer: 'north' };
    const { entries, refused } = readSlice([binary(1, newer[0], pushed), binary(2, newer[1], manifest)], datasets);
    expect(refused).toEqual([]);
    expect(entries.map(({ content }) => content)).toEqual([{ records: [{ id: 1 }] }, { manifest: 1 }]);
  });

  it.each([
    ['no event at all', broker(1, {}, '{}'), 'MALFORMED_ENVELOPE'],
    ['no JSON', binary(1, recordsPushedV1.type, 'no json'), 'MALFORMED_DATA'],
    ['a day that does not exist', binary(1, recordsPushedV1.type, push('2026-02-30', {})), 'INVALID_DATA'],
    ['no records', binary(1, recordsPushedV1.type, push('2026-01-05')), 'INVALID_DATA'],
    ['a foreign type', binary(1, 'some.other.event', {}), 'UNKNOWN_TYPE'],
    [
      'an unknown dataset',
      binary(1, recordsPushedV1.type, { ...push('2026-01-05', {}), dataset: 'debit' }),
      'UNKNOWN_DATASET',
    ],
  ])('refuses %s and reads on', (_what, bad, code) => {
    const good = binary(2, recordsPushedV1.type, push('2026-01-05', { id: 1 }));
    const { entries, refused } = readSlice([bad, good], datasets);
    expect(refused).toMatchObject([{ record: { offset: '1' }, code }]);
    expect(entries).toHaveLength(1);
  });

  it('groups by day in offset order', () => {
    const records = ['2026-01-05', '2026-01-06', '2026-01-05'].map((day, i) =>
      binary(i, recordsPushedV1.type, push(day, { i })),
    );
    const groups = groupByDay(readSlice(records, datasets).entries);
    expect(groups.map(({ day, entries }) => [day, entries.map(({ offset }) => offset)])).toEqual([
      ['2026-01-05', [0, 2]],
      ['2026-01-06', [1]],
    ]);
  });
});
