import type { EntityFeatures } from '../domain/row.enrichment';
import { type EntityKey, FeatureLookups } from './feature.lookups';
import { featuresUnavailable } from './features.unavailable';

const featuresOf = (key: EntityKey): EntityFeatures => ({ values: new Map(), views: [JSON.stringify(key)] });

function setup(cache = { seconds: 10, entries: 3 }) {
  const state = { time: 0, failure: null as Error | null };
  const asked: EntityKey[][] = [];
  const how: string[] = [];
  const lookups = new FeatureLookups({
    pipeline: 'p',
    cache,
    now: () => state.time,
    read: async (keys) => {
      asked.push([...keys]);
      if (state.failure) throw state.failure;
      return keys.map(featuresOf);
    },
    metrics: { asked: () => undefined, lookedUp: (_model, each) => void how.push(each), filled: () => undefined },
  });
  return { lookups, state, asked, how };
}

describe('looking features up', () => {
  it('asks once for what came in one turn, each entity once, and gives each its own', async () => {
    const { lookups, asked } = setup();
    const keys = [[1], ['1'], [2], [1]];
    const found = await Promise.all(keys.map((key) => lookups.of(key)));
    expect(found).toEqual(keys.map(featuresOf));
    expect(asked).toEqual([[[1], ['1'], [2]]]);
  });

  it('joins an entity that is being asked for, and asks for others beside it', async () => {
    let answer = (_features: EntityFeatures[]) => {};
    const asked: EntityKey[][] = [];
    const read = (keys: readonly EntityKey[]) => {
      asked.push([...keys]);
      return asked.length > 1
        ? Promise.resolve(keys.map(featuresOf))
        : new Promise<EntityFeatures[]>((resolve) => (answer = resolve));
    };
    const metrics = { asked: () => undefined, lookedUp: () => undefined, filled: () => undefined };
    const lookups = new FeatureLookups({
      ...{ pipeline: 'p', read, metrics, now: () => 0 },
      cache: { seconds: 0, entries: 1 },
    });
    const first = lookups.of([1]);
    await new Promise((resolve) => setImmediate(resolve));
    const both = Promise.all([lookups.of([1]), lookups.of([2])]);
    await new Promise((resolve) => setImmediate(resolve));
    answer([featuresOf([1])]);
    expect([await first, ...(await both)]).toEqual([[1], [1], [2]].map(featuresOf));
    expect(asked).toEqual([[[1]], [[2]]]);
  });

  it('parts what is more than one request may hold', async () => {
    const { lookups, asked } = setup({ seconds: 10, entries: 5_000 });
    const found = await Promise.all(Array.from({ length: 2_500 }, (_, key) => lookups.of([key])));
    expect(asked.map(({ length }) => length)).toEqual([1_000, 1_000, 500]);
    expect(found[2_499]).toEqual(featuresOf([2_499]));
  });

  it('keeps answers for so long, and those asked for last', async () => {
    const { lookups, state, asked, how } = setup();
    for (const key of [1, 2, 3, 1, 4]) await lookups.of([key]);
    expect(how).toEqual(['read', 'read', 'read', 'cached', 'read']);
    await lookups.of([1]);
    await lookups.of([2]);
    expect(asked.flat(2)).toEqual([1, 2, 3, 4, 2]);
    state.time = 10_000;
    await lookups.of([2]);
    expect(asked.flat(2)).toEqual([1, 2, 3, 4, 2, 2]);
  });

  it('answers from what it kept while the source is away, and does not ask again for a while', async () => {
    const { lookups, state, asked, how } = setup();
    await lookups.of([1]);
    state.time = 20_000;
    state.failure = featuresUnavailable('gone');
    expect(await lookups.of([1])).toEqual(featuresOf([1]));
    await expect(lookups.of([2])).rejects.toMatchObject({ code: 'FEATURES_UNAVAILABLE', status: 503 });
    expect(asked).toHaveLength(2);
    expect(how).toEqual(['read', 'kept', 'failed']);
    state.time = 21_000;
    state.failure = null;
    expect(await lookups.of([2])).toEqual(featuresOf([2]));
  });

  it('does not take a refusal for an absence', async () => {
    const { lookups, state } = setup();
    await lookups.of([1]);
    state.time = 20_000;
    state.failure = Object.assign(new Error('no such service'), { code: 'FEATURES_REFUSED' });
    await expect(lookups.of([1])).rejects.toThrow('no such service');
    state.failure = null;
    expect(await lookups.of([1])).toEqual(featuresOf([1]));
  });
});
