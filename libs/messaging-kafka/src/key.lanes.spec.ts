import type { BrokerRecord } from '@perennial/messaging';
import fc from 'fast-check';
import { assignLanes } from './key.lanes';

const record = (key: string | null, offset: number): BrokerRecord => ({
  topic: 't',
  partition: 0,
  offset: String(offset),
  key: key === null ? null : Buffer.from(key),
  value: null,
  headers: {},
  timestamp: 0,
});

describe('key lanes', () => {
  it('puts each record in one lane, each key in one lane, in offset order', () => {
    fc.assert(
      fc.property(fc.array(fc.option(fc.string({ maxLength: 2 }))), fc.integer({ min: 1, max: 9 }), (keys, count) => {
        const lanes = assignLanes(keys.map(record), count);
        expect(lanes.length).toBeLessThanOrEqual(count);
        expect(lanes.flat()).toHaveLength(keys.length);
        const laneOfKey = new Map<string, number>();
        lanes.forEach((lane, index) => {
          const offsets = lane.map(({ offset }) => Number(offset));
          expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
          for (const { key } of lane) {
            if (key === null) continue;
            expect(laneOfKey.get(String(key)) ?? index).toBe(index);
            laneOfKey.set(String(key), index);
          }
        });
      }),
    );
  });

  it('spreads records without a key', () => {
    expect(assignLanes([record(null, 0), record(null, 1)], 2)).toHaveLength(2);
  });
});
