import fc from 'fast-check';
import { committable, OffsetFrontier } from './offset.frontier';

describe('offset frontier', () => {
  it('stays before the first open record', () => {
    const frontier = new OffsetFrontier(['3', '4', '9']);
    expect(frontier.last()).toBeUndefined();
    frontier.finish('4');
    expect(frontier.last()).toBeUndefined();
    frontier.finish('3');
    expect(frontier.last()).toBe('4');
    frontier.finish('9');
    expect(frontier.last()).toBe('9');
  });

  it('commits exactly the finished prefix, in whatever order records finish', () => {
    const offsets = Array.from({ length: 12 }, (_, n) => String(n * 3));
    fc.assert(
      fc.property(fc.shuffledSubarray(offsets), (order) => {
        const frontier = new OffsetFrontier(offsets);
        const done = new Set<string>();
        for (const offset of order) {
          frontier.finish(offset);
          done.add(offset);
          const open = offsets.findIndex((each) => !done.has(each));
          expect(frontier.last()).toBe(offsets[open === -1 ? offsets.length - 1 : open - 1]);
        }
      }),
    );
  });

  it('names the next offset beyond the range of a number', () => {
    expect(committable('9223372036854775806')).toBe('9223372036854775807');
  });
});
