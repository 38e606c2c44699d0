import * as fc from 'fast-check';
import {
  columnsLeftOut,
  type EnrichmentPolicy,
  enrichRow,
  entityOf,
  filledRow,
  type FeatureValue,
} from './row.enrichment';

const COLUMNS = ['a', 'b', 'c', 'd'];
const NOW = Date.parse('2026-01-10T00:00:00Z');

const policy = fc.record({
  entities: fc.constant(['id']),
  columns: fc.constant(COLUMNS),
  maxAgeSeconds: fc.option(fc.integer({ min: 1, max: 100 })),
  missing: fc.constantFrom('refuse' as const, 'null' as const),
  defaults: fc.dictionary(fc.constantFrom(...COLUMNS), fc.integer()),
  stale: fc.constantFrom('refuse' as const, 'use' as const, 'null' as const),
}) satisfies fc.Arbitrary<EnrichmentPolicy>;

const scalar = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.constant(null));
const row = fc.dictionary(fc.constantFrom(...COLUMNS, 'other'), fc.oneof(scalar, fc.constant(undefined)));
const value: fc.Arbitrary<FeatureValue> = fc.record({
  value: scalar,
  at: fc.option(fc.integer({ min: 0, max: 200 }).map((seconds) => NOW - seconds * 1000)),
  expired: fc.boolean(),
});
const features = fc
  .dictionary(fc.constantFrom(...COLUMNS), value)
  .map((values) => ({ values: new Map(Object.entries(values)), views: ['v@v1'] }));

const given = (from: Record<string, unknown>, column: string): boolean => from[column] !== undefined;

describe('enriching a row', () => {
  it('never changes what the row carries, an explicit null included', () => {
    fc.assert(
      fc.property(row, features, policy, (from, found, rules) => {
        const result = enrichRow(from, found, rules, NOW);
        if ('problem' in result) return;
        const merged = filledRow(from, result.filled);
        for (const [name, carried] of Object.entries(from)) {
          if (carried !== undefined) expect(merged[name]).toBe(carried);
        }
        for (const column of COLUMNS) expect(merged[column]).not.toBeUndefined();
      }),
    );
  });

  it('tells each column that it filled once: found with its age, or missing', () => {
    fc.assert(
      fc.property(row, features, policy, (from, found, rules) => {
        const result = enrichRow(from, found, rules, NOW);
        if ('problem' in result) return;
        const { ages, missing, stale } = result.told;
        expect([...Object.keys(ages), ...missing].sort()).toEqual(COLUMNS.filter((column) => !given(from, column)));
        expect(Object.keys(ages)).toEqual(expect.arrayContaining([...stale]));
        for (const [column, age] of Object.entries(ages)) {
          const at = found.values.get(column)?.at ?? null;
          expect(age).toBe(at === null ? null : (NOW - at) / 1000);
        }
      }),
    );
  });

  it('fills what the policy says', () => {
    fc.assert(
      fc.property(row, features, policy, (from, found, rules) => {
        const result = enrichRow(from, found, rules, NOW);
        const old = ({ at, expired }: FeatureValue) =>
          expired || (at !== null && (NOW - at) / 1000 > (rules.maxAgeSeconds ?? Infinity));
        const wanted = columnsLeftOut(from, rules);
        const lacking = wanted.filter((column) => !found.values.has(column) && !(column in rules.defaults));
        const stale = wanted.filter((column) => found.values.has(column) && old(found.values.get(column)!));
        if (rules.missing === 'refuse' && lacking.length > 0) {
          expect(result).toMatchObject({ problem: { code: 'FEATURES_MISSING', columns: lacking } });
        } else if (rules.stale === 'refuse' && stale.length > 0) {
          expect(result).toMatchObject({ problem: { code: 'FEATURES_STALE', columns: stale } });
        } else {
          const expected = wanted.map((column) => {
            const known = found.values.get(column);
            if (!known) return [column, rules.defaults[column] ?? null];
            return [column, old(known) && rules.stale === 'null' ? null : known.value];
          });
          expect(result).toMatchObject({ filled: Object.fromEntries(expected) });
        }
      }),
    );
  });

  it('is as old as its event time says, and never younger than now', () => {
    const rules = { entities: ['id'], columns: ['a'], maxAgeSeconds: 10, missing: 'null', defaults: {} } as const;
    const at = (seconds: number) => ({
      values: new Map([['a', { value: 1, at: NOW - seconds * 1000, expired: false }]]),
      views: [],
    });
    const told = (seconds: number) => enrichRow({}, at(seconds), { ...rules, stale: 'use' }, NOW);
    expect(told(10)).toMatchObject({ told: { ages: { a: 10 }, stale: [] } });
    expect(told(10.001)).toMatchObject({ told: { stale: ['a'] } });
    expect(told(-5)).toMatchObject({ told: { ages: { a: 0 } } });
  });
});

describe('the entity of a row', () => {
  const rules = { entities: ['x', 'y'] } as unknown as EnrichmentPolicy;
  it('is its key in the declared order, or what of it is missing', () => {
    expect(entityOf({ y: 'k', x: 7, z: 1 }, rules)).toEqual([7, 'k']);
    expect(entityOf({ x: 7, y: null }, rules)).toEqual({ missing: 'y' });
    expect(entityOf({ x: NaN, y: 1 }, rules)).toEqual({ missing: 'x' });
    expect(entityOf({ x: [1], y: 1 }, rules)).toEqual({ missing: 'x' });
  });
});
