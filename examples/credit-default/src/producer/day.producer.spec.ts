import type { OutgoingRecord } from '@perennial/messaging';
import { pushDay } from './day.producer';

it('pushes the records in arrays of 200, in order, then the manifest with their count', async () => {
  const sent: OutgoingRecord[] = [];
  const records = Array.from({ length: 450 }, (_, index) => ({ id: String(index) }));
  const publisher = { publish: async (batch: readonly OutgoingRecord[]) => void sent.push(...batch) };
  await pushDay(publisher, 'credit-default', { day: '2026-01-02', title: '', records });
  const bodies = sent.map(({ value }) => JSON.parse(String(value)));
  expect(bodies.slice(0, -1).map((body) => body.records.length)).toEqual([200, 200, 50]);
  expect(bodies.slice(0, -1).flatMap((body) => body.records)).toEqual(records);
  expect(bodies.at(-1)).toEqual({ dataset: 'credit-default', day: '2026-01-02', rows: 450 });
  expect(new Set(sent.map(({ key }) => key))).toEqual(new Set(['credit-default']));
});
