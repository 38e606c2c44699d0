import fc from 'fast-check';
import { emptyLane, enqueue, expire, finish, release, startNext, type Lane } from './pipeline.lane';

const lane = (...ids: string[]): Lane => ids.reduce(enqueue, emptyLane('p'));

describe('the lane of a pipeline', () => {
  it('starts days in order of arrival, one at a time', () => {
    const first = startNext(lane('p/1', 'p/2'));
    expect(first).toMatchObject({ active: 'p/1', queue: ['p/2'] });
    expect(startNext(first as Lane)).toBeNull();
    expect(startNext(finish(first as Lane, 'p/1', null))).toMatchObject({ active: 'p/2', queue: [] });
  });

  it('takes a day once', () => {
    expect(lane('p/1', 'p/1').queue).toEqual(['p/1']);
    const active = startNext(lane('p/1')) as Lane;
    expect(enqueue(active, 'p/1')).toBe(active);
  });

  it('waits for the promoted model until it is out', () => {
    const waiting = finish(startNext(lane('p/1', 'p/2')) as Lane, 'p/1', 1000);
    expect(startNext(waiting)).toBeNull();
    expect(startNext(release(waiting, 'p/0'))).toBeNull();
    expect(startNext(release(waiting, 'p/1'))).toMatchObject({ active: 'p/2' });
  });

  it('waits no longer than declared', () => {
    const waiting = finish(startNext(lane('p/1', 'p/2')) as Lane, 'p/1', 1000);
    expect(startNext(expire(waiting, 999))).toBeNull();
    expect(startNext(expire(waiting, 1000))).toMatchObject({ active: 'p/2' });
  });

  it('never runs two cycles, loses none and keeps their order, whatever comes', () => {
    const id = fc.integer({ min: 1, max: 5 }).map((n) => `p/${n}`);
    const step = fc.oneof(
      id.map((cycle) => (l: Lane) => enqueue(l, cycle)),
      id.map((cycle) => (l: Lane) => release(l, cycle)),
      fc.tuple(id, fc.option(fc.nat(10))).map(
        ([cycle, until]) =>
          (l: Lane) =>
            finish(l, cycle, until),
      ),
      fc.nat(10).map((now) => (l: Lane) => expire(l, now)),
      fc.constant((l: Lane) => startNext(l) ?? l),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        let current = emptyLane('p');
        for (const next of steps) {
          const before = current;
          current = next(before);
          const waiting = [before.active, ...before.queue].filter((cycle) => cycle !== null);
          const after = [current.active, ...current.queue].filter((cycle) => cycle !== null);
          expect(new Set(after).size).toBe(after.length);
          const lost = waiting.filter((cycle) => !after.includes(cycle));
          expect(lost.every((cycle) => cycle === before.active)).toBe(true);
          expect(after.slice(0, waiting.length - lost.length)).toEqual(waiting.slice(lost.length));
          if (before.awaiting !== null) expect(current.active).toBe(before.active);
        }
      }),
    );
  });
});
