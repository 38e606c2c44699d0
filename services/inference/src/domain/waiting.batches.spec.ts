import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { batchIdOf } from './logged.prediction';
import { WaitingBatches } from './waiting.batches';

const made = (at: number) => ({
  ...{ version: 'v1', arm: 'stable', experimentId: 'e', inputDigest: '', probability: 0.5, prediction: 1 as const },
  ...{ latencyMs: 1, at },
});

const step = fc.oneof(
  fc.record({ add: fc.constantFrom('credit', 'churn', 'fraud') }),
  fc.record({ take: fc.integer({ min: 1, max: 9 }) }),
);

describe('batches that wait', () => {
  it('lose nothing but what they say, keep the order of each pipeline, and are found by the id of any prediction', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 200 }),
        fc.integer({ min: 1, max: 30 }),
        fc.integer({ min: 1, max: 8 }),
        (steps, capacity, most) => {
          let dropped = 0;
          const waiting = new WaitingBatches({ capacity, most }, randomUUID, (count) => (dropped += count));
          const taken = [];
          const ids = new Map<number, string>();
          for (const [at, each] of steps.entries()) {
            if ('add' in each) ids.set(at, waiting.add(each.add, made(at)));
            else taken.push(...waiting.take(each.take));
            expect(waiting.length).toBeLessThanOrEqual(capacity);
          }
          taken.push(...waiting.take(Infinity));
          expect(waiting.length).toBe(0);
          const all = taken.flatMap(({ predictions }) => predictions);
          expect(all.length + dropped).toBe(ids.size);
          expect(all.map(({ predictionId }) => predictionId)).toEqual(all.map(({ at }) => ids.get(at)));
          expect(new Set(taken.map(({ batchId }) => batchId)).size).toBe(taken.length);
          expect(new Set(ids.values()).size).toBe(ids.size);
          for (const { batchId, predictions } of taken) {
            expect(predictions.length).toBeLessThanOrEqual(most);
            expect(predictions.map(({ predictionId }) => batchIdOf(predictionId))).toEqual(
              predictions.map(() => batchId),
            );
          }
          for (const pipeline of ['credit', 'churn', 'fraud']) {
            const order = taken.filter((batch) => batch.pipeline === pipeline).flatMap((batch) => batch.predictions);
            expect(order.map(({ at }) => at)).toEqual(order.map(({ at }) => at).sort((a, b) => a - b));
          }
        },
      ),
    );
  });

  it('drop the oldest batch first', () => {
    const dropped: number[] = [];
    const waiting = new WaitingBatches({ capacity: 5, most: 2 }, randomUUID, (count) => dropped.push(count));
    [0, 1, 2, 3, 4, 5].forEach((at) => waiting.add('credit', made(at)));
    expect(dropped).toEqual([2]);
    expect(waiting.take(9).flatMap(({ predictions }) => predictions.map(({ at }) => at))).toEqual([2, 3, 4, 5]);
  });

  it('gives as much as was asked for, in whole batches', () => {
    const waiting = new WaitingBatches({ capacity: 50, most: 4 }, randomUUID, () => undefined);
    for (let at = 0; at < 10; at += 1) waiting.add('credit', made(at));
    expect([waiting.take(5), waiting.take(5)].map((batches) => batches.map((each) => each.predictions.length))).toEqual(
      [[4, 4], [2]],
    );
  });
});
