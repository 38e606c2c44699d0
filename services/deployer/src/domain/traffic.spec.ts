import fc from 'fast-check';
import { model } from '../testing/deployment.examples';
import { type Arm, areWhole, divide, type WantedArm } from './traffic';

const BUCKETS = 10_000;
const wanted = (weights: Record<string, number>): WantedArm[] =>
  Object.entries(weights).map(([name, weight]) => ({ name, version: name, model: model(name), weight }));

function ownersOf(arms: readonly Arm[]): (string | undefined)[] {
  const owners = new Array<string | undefined>(BUCKETS);
  for (const { name, buckets } of arms)
    for (const { from, to } of buckets)
      for (let bucket = from; bucket < to; bucket += 1)
        owners[bucket] = owners[bucket] === undefined ? name : `${owners[bucket]} and ${name}`;
  return owners;
}

/** Weights of arms a to d in hundredths of a percent; some may be left out. */
const weights = fc
  .array(fc.integer({ min: 0, max: BUCKETS }), { minLength: 1, maxLength: 3 })
  .map((cuts) => [0, ...cuts.sort((a, b) => a - b), BUCKETS])
  .map((cuts) => cuts.slice(1).map((cut, index) => (cut - (cuts[index] as number)) / 100))
  .map((parts) => Object.fromEntries(parts.map((weight, index) => ['abcd'[index] as string, weight])));

it('gives every bucket to one arm, and every arm its weight, however often weights change', () => {
  fc.assert(
    fc.property(fc.array(weights, { minLength: 1, maxLength: 5 }), (changes) => {
      let arms: Arm[] = [];
      for (const change of changes) {
        arms = divide(wanted(change), arms);
        const owners = ownersOf(arms);
        const shares = Object.keys(change).map((name) => owners.filter((owner) => owner === name).length / 100);
        expect(shares).toEqual(Object.values(change));
      }
    }),
    { numRuns: 30 },
  );
});

it('moves no more keys than the weights ask for, with any number of arms', () => {
  fc.assert(
    fc.property(weights, weights, (before, after) => {
      const first = divide(wanted(before), []);
      const old = ownersOf(first);
      const moved = ownersOf(divide(wanted(after), first)).filter((owner, bucket) => owner !== old[bucket]).length;
      const gained = Object.entries(after).map(([name, weight]) => Math.max(0, weight - (before[name] ?? 0)));
      expect(moved).toBe(Math.round(gained.reduce((sum, each) => sum + each, 0) * 100));
    }),
    { numRuns: 30 },
  );
});

it.each([
  [[50, 50], true],
  [[99.99, 0.01], true],
  [[33.33, 33.33, 33.34], true],
  [[33.3333, 66.6667], false],
  [[50, 49], false],
])('weights %j are whole: %p', (given, expected) => {
  expect(areWhole(given)).toBe(expected);
});
