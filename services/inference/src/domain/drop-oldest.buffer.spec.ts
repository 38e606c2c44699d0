import fc from 'fast-check';
import { DropOldestBuffer } from './drop-oldest.buffer';

describe('a buffer that drops the oldest', () => {
  it('keeps the newest when full, and says that one was dropped', () => {
    const buffer = new DropOldestBuffer<number>(3);
    expect([1, 2, 3, 4].map((item) => buffer.push(item))).toEqual([false, false, false, true]);
    expect(buffer.take(10)).toEqual([2, 3, 4]);
  });

  it('puts back what was taken before what came meanwhile, as far as it fits', () => {
    const buffer = new DropOldestBuffer<number>(4);
    [1, 2, 3].forEach((item) => buffer.push(item));
    const taken = buffer.take(3);
    [4, 5].forEach((item) => buffer.push(item));
    expect(buffer.restore(taken)).toBe(1);
    expect(buffer.take(10)).toEqual([2, 3, 4, 5]);
  });

  it('behaves as a plain list does, whatever is done to it', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('push' as const), value: fc.nat() }),
      fc.record({ kind: fc.constant('take' as const), value: fc.nat(6) }),
      fc.record({ kind: fc.constant('take and restore' as const), value: fc.nat(6) }),
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step), (capacity, steps) => {
        const buffer = new DropOldestBuffer<number>(capacity);
        let list: number[] = [];
        for (const { kind, value } of steps) {
          if (kind === 'push') {
            list = [...list, value].slice(-capacity);
            buffer.push(value);
          } else {
            const taken = buffer.take(value);
            expect(taken).toEqual(list.slice(0, value));
            if (kind === 'take') list = list.slice(value);
            else expect(buffer.restore(taken)).toBe(0);
          }
          expect(buffer.length).toBe(list.length);
        }
        expect(buffer.take(capacity)).toEqual(list);
      }),
    );
  });
});
