import { dayManifestV1, recordsPushedV1 } from '@perennial/contracts';
import { type BrokerRecord, decodeEnvelope, type OutgoingRecord } from '@perennial/messaging';
import { pushDay } from './day.producer';

type Row = { id: string; n: number };

const rows = Array.from({ length: 2_000 }, (_, n): Row => ({ id: `r${n % 500}`, n }));

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

async function pushed() {
  const published: OutgoingRecord[] = [];
  const publisher = { publish: async (sent: readonly OutgoingRecord[]) => void published.push(...sent) };
  const target = { dataset: 'd', day: '2026-01-05', recordId: 'id' };
  const told: number[] = [];
  const onProgress = (done: number) => told.push(done);
  const result = await pushDay(publisher, target, each(rows), 500, { batchSize: 100, onProgress });
  const messages = published.map((sent) => {
    const record = { ...sent, partition: 0, offset: '0', timestamp: 0 } as unknown as BrokerRecord;
    return { key: String(sent.key), ...decodeEnvelope(record) };
  });
  return { messages, told, result };
}

describe('a day that is pushed', () => {
  it('reaches several keys, the records of one id in their order under one of them', async () => {
    const { messages } = await pushed();
    const records = messages.filter(({ type }) => type === recordsPushedV1.type);
    expect(new Set(records.map(({ key }) => key)).size).toBeGreaterThan(1);
    for (const { key, partitionkey } of records) expect(partitionkey).toBe(key);
    const sent = records.flatMap(({ key, data }) => (data as { records: Row[] }).records.map((row) => ({ key, row })));
    for (const id of ['r0', 'r42', 'r499']) {
      const own = sent.filter(({ row }) => row.id === id);
      expect(own.map(({ row }) => row.n)).toEqual(rows.filter((row) => row.id === id).map(({ n }) => n));
      expect(new Set(own.map(({ key }) => key)).size).toBe(1);
    }
    expect(sent).toHaveLength(rows.length);
    for (const { data } of records) expect((data as { records: Row[] }).records.length).toBeLessThanOrEqual(100);
  });

  it('ends with the manifest, and tells how far it has come', async () => {
    const { messages, told, result } = await pushed();
    expect(messages.at(-1)).toMatchObject({ type: dayManifestV1.type, key: 'd', data: { rows: 500 } });
    expect(told.at(-1)).toBe(rows.length);
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(result.pushed).toBe(rows.length);
  });
});
