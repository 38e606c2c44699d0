import fc from 'fast-check';
import { laneOf, type OutboxDocument, planPublication } from './outbox.document';

const entry = (key: string, sequence: number): OutboxDocument => ({
  id: `${key}${sequence}`,
  topic: 't',
  key,
  value: '',
  headers: {},
  lane: laneOf({ topic: 't', key }),
  sequence,
  createdAt: new Date(0),
});
const lane = (key: string) => laneOf({ topic: 't', key });
const ids = (entries: OutboxDocument[]) => entries.map(({ id }) => id);

describe('publication plan', () => {
  it('continues each lane at its position', () => {
    const plan = planPublication([entry('b', 1), entry('a', 3), entry('a', 4)], new Map([[lane('a'), 2]]));
    expect(ids(plan.publish)).toEqual(['b1', 'a3', 'a4']);
  });

  it('recognises what was published but not marked', () => {
    const plan = planPublication([entry('a', 1), entry('a', 2), entry('a', 3)], new Map([[lane('a'), 2]]));
    expect([ids(plan.alreadyPublished), ids(plan.publish)]).toEqual([['a1', 'a2'], ['a3']]);
  });

  it('lets a lane wait behind a gap without holding up the others', () => {
    const plan = planPublication([entry('b', 1), entry('a', 2), entry('a', 3)], new Map());
    expect([ids(plan.alreadyPublished), ids(plan.publish)]).toEqual([[], ['b1']]);
  });

  it('never overtakes, whatever subset a read returns', () => {
    const all = ['a', 'b'].flatMap((key) => [1, 2, 3, 4, 5].map((sequence) => entry(key, sequence)));
    fc.assert(
      fc.property(fc.subarray(all), fc.nat(5), (seen, position) => {
        const pending = [...seen].sort((x, y) => x.sequence - y.sequence);
        const plan = planPublication(pending, new Map([[lane('a'), position]]));
        for (const [key, start] of [
          ['a', position],
          ['b', 0],
        ] as const) {
          const sequences = plan.publish.filter((each) => each.key === key).map(({ sequence }) => sequence);
          expect(sequences).toEqual(sequences.map((_, n) => start + n + 1));
        }
      }),
    );
  });
});
