import fc from 'fast-check';
import { victims } from './memory.eviction';

const resident = (bytes: number, lastUsed: number, change = {}) => ({
  bytes,
  lastUsed,
  pinned: false,
  calls: 0,
  ...change,
});
const residents = fc.array(
  fc.record({
    bytes: fc.integer({ min: 1, max: 50 }),
    lastUsed: fc.integer({ min: 0, max: 1_000 }),
    pinned: fc.boolean(),
    calls: fc.integer({ min: 0, max: 2 }),
  }),
  { maxLength: 8 },
);
const sum = (found: readonly { bytes: number }[]) => found.reduce((total, { bytes }) => total + bytes, 0);

describe('who leaves when memory is needed', () => {
  it('is nobody where there is room', () => {
    expect(victims([resident(10, 1), resident(20, 2)], 30)).toEqual({ leaving: [], enough: true });
  });

  it('is the one that was asked longest ago, and the next while that is not enough', () => {
    const [old, middle, young] = [resident(10, 1), resident(10, 2), resident(10, 3)];
    expect(victims([young, old, middle], 29).leaving).toEqual([old]);
    expect(victims([young, old, middle], 15).leaving).toEqual([old, middle]);
  });

  it('is an idle one before one that answers', () => {
    const [busy, idle] = [resident(10, 1, { calls: 1 }), resident(10, 9)];
    expect(victims([busy, idle], 10).leaving).toEqual([idle]);
  });

  it('is never a pinned one, and no more than needed', () => {
    fc.assert(
      fc.property(residents, fc.integer({ min: 0, max: 400 }), (all, available) => {
        const { leaving, enough } = victims(all, available);
        const left = sum(all) - sum(leaving);
        expect(leaving.some(({ pinned }) => pinned)).toBe(false);
        expect(enough).toBe(left <= available);
        if (!enough) expect(leaving).toHaveLength(all.filter(({ pinned }) => !pinned).length);
        // Without the last of them there would not have been room.
        else if (leaving.length > 0) expect(left + (leaving.at(-1)?.bytes ?? 0)).toBeGreaterThan(available);
      }),
    );
  });
});
