import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { batchIdOf, predictionsOf } from '@perennial/contracts';
import { sizeOf, type WaitingBatch } from './logged.prediction';
import { WaitingBatches } from './waiting.batches';

const made = (at: number, inputBytes?: number) => ({
  ...{ version: 'v1', arm: 'stable', experimentId: 'e', inputDigest: '', probability: 0.5, prediction: 1 as const },
  ...{ latencyMs: 1, at, ...(inputBytes !== undefined && { inputBytes }) },
});

const step = fc.oneof(
  fc.record({ add: fc.constantFrom('credit', 'churn', 'fraud'), bytes: fc.option(fc.nat(60), { nil: undefined }) }),
  fc.record({ take: fc.integer({ min: 1, max: 9 }) }),
);

const madeAt = (batches: readonly WaitingBatch[]) => batches.flatMap(({ predictions }) => predictions.at);
const wide = { capacityBytes: Infinity, enoughBytes: Infinity };

describe('batches that wait', () => {
  it('lose nothing but what they say, keep the order of each pipeline, and are found by the id of any prediction', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 200 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 60, max: 600 }),
        fc.integer({ min: 1, max: 200 }),
        (steps, capacity, most, capacityBytes, enoughBytes) => {
          let dropped = 0;
          const bounds = { capacity, capacityBytes, most, enoughBytes };
          const waiting = new WaitingBatches(bounds, randomUUID, (count) => (dropped += count));
          const taken: WaitingBatch[] = [];
          const ids = new Map<number, string>();
          for (const [at, each] of steps.entries()) {
            if ('add' in each) ids.set(at, waiting.add(each.add, made(at, each.bytes)));
            else taken.push(...waiting.take(each.take));
            expect(waiting.length).toBeLessThanOrEqual(capacity);
          }
          taken.push(...waiting.take(Infinity));
          expect(waiting.length).toBe(0);
          const all = taken.flatMap(predictionsOf);
          expect(all.length + dropped).toBe(ids.size);
          expect(all.map(({ predictionId }) => predictionId)).toEqual(madeAt(taken).map((at) => ids.get(at)));
          expect(new Set(taken.map(({ batchId }) => batchId)).size).toBe(taken.length);
          expect(new Set(ids.values()).size).toBe(ids.size);
          const bytesAt = (at: number) => (steps[at] as { bytes?: number }).bytes ?? 0;
          for (const batch of taken) {
            expect(sizeOf(batch)).toBeLessThanOrEqual(most);
            const before = batch.predictions.at.slice(0, -1);
            expect(before.reduce((sum, at) => sum + bytesAt(at), 0)).toBeLessThan(enoughBytes);
            const batchIds = predictionsOf(batch).map(({ predictionId }) => batchIdOf(predictionId));
            expect(new Set(batchIds)).toEqual(new Set([batch.batchId]));
          }
          for (const pipeline of ['credit', 'churn', 'fraud']) {
            const order = madeAt(taken.filter((batch) => batch.pipeline === pipeline));
            expect(order).toEqual([...order].sort((a, b) => a - b));
          }
        },
      ),
    );
  });

  it('drop the oldest batch first', () => {
    const dropped: number[] = [];
    const waiting = new WaitingBatches({ ...wide, capacity: 5, most: 2 }, randomUUID, (count) => dropped.push(count));
    [0, 1, 2, 3, 4, 5].forEach((at) => waiting.add('credit', made(at)));
    expect(dropped).toEqual([2]);
    expect(madeAt(waiting.take(9))).toEqual([2, 3, 4, 5]);
  });

  it('drop the oldest batch where the inputs take too much, and none for a row that fits nowhere else', () => {
    const dropped: number[] = [];
    const bounds = { capacity: 50, capacityBytes: 100, most: 2, enoughBytes: 50 };
    const waiting = new WaitingBatches(bounds, randomUUID, (count) => dropped.push(count));
    [10, 30, 60, 20, 200].forEach((bytes, at) => waiting.add('credit', made(at, bytes)));
    expect(dropped).toEqual([2, 1, 1]);
    expect(madeAt(waiting.take(9))).toEqual([4]);
  });

  it('gives as much as was asked for, in whole batches', () => {
    const waiting = new WaitingBatches({ ...wide, capacity: 50, most: 4 }, randomUUID, () => undefined);
    for (let at = 0; at < 10; at += 1) waiting.add('credit', made(at));
    expect([waiting.take(5), waiting.take(5)].map((batches) => batches.map(sizeOf))).toEqual([[4, 4], [2]]);
  });
});
