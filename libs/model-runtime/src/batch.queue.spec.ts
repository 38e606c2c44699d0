import fc from 'fast-check';
import { BatchQueue } from './batch.queue';

const item = (rows: number) => ({ rows });

it('keeps order, fills batches up to their limit and lets a larger item run alone', () => {
  const queue = new BatchQueue({ maxBatchRows: 4, maxQueuedRows: 100 });
  for (const rows of [1, 2, 2, 9, 4]) queue.offer(item(rows));
  expect(queue.rows).toBe(18);
  expect([queue.take(), queue.take(), queue.take(), queue.take(), queue.take()]).toEqual([
    [item(1), item(2)],
    [item(2)],
    [item(9)],
    [item(4)],
    [],
  ]);
  expect(queue.rows).toBe(0);
});

it('refuses what passes its limit, but never the first item', () => {
  const queue = new BatchQueue({ maxBatchRows: 4, maxQueuedRows: 5 });
  expect(queue.isFull).toBe(false);
  expect(queue.offer(item(7))).toBe(true);
  expect(queue.isFull).toBe(true);
  expect(queue.offer(item(1))).toBe(false);
  queue.take();
  expect([queue.offer(item(3)), queue.offer(item(2)), queue.offer(item(1))]).toEqual([true, true, false]);
});

it('loses, doubles and reorders nothing', () => {
  const limits = fc.record({
    maxBatchRows: fc.integer({ min: 1, max: 20 }),
    maxQueuedRows: fc.integer({ min: 1, max: 60 }),
  });
  fc.assert(
    fc.property(limits, fc.array(fc.integer({ min: 0, max: 30 })), (limit, offers) => {
      const queue = new BatchQueue<{ rows: number; id: number }>(limit);
      const accepted: number[] = [];
      const taken: number[] = [];
      offers.forEach((rows, id) => {
        const full = queue.isFull;
        if (queue.offer({ rows, id })) accepted.push(id);
        expect(full && rows > 0 && accepted.includes(id)).toBe(false);
        if (rows % 3 === 0) taken.push(...queue.take().map((i) => i.id));
      });
      for (let batch = queue.take(); batch.length > 0; batch = queue.take()) taken.push(...batch.map((i) => i.id));
      expect(taken).toEqual(accepted);
    }),
  );
});
