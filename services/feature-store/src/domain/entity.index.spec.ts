import { entityDigest, entityIndexes } from './entity.index';

const pipeline = (source: string | null, entities: string[], view = 'loans') =>
  ({
    dataset: { name: view, recordId: 'id' },
    serving: { enrichment: source === null ? null : { source, entities } },
  }) as never;

describe('the indexes that pipelines ask for', () => {
  it('are one for each view and set of entities', () => {
    const indexes = entityIndexes([
      pipeline('feature-store', ['b', 'a']),
      pipeline('feature-store', ['a', 'b']),
      pipeline('feature-store', ['a']),
      pipeline('feature-store', ['a'], 'cards'),
      pipeline('feast', ['c']),
      pipeline(null, []),
    ]);
    expect(indexes).toEqual([
      { view: 'loans', recordId: 'id', entities: ['a', 'b'] },
      { view: 'loans', recordId: 'id', entities: ['a'] },
      { view: 'cards', recordId: 'id', entities: ['a'] },
    ]);
  });
});

describe('where the row of an entity lies', () => {
  const index = { view: 'loans', recordId: 'id', entities: ['a', 'b'] };
  const at = (...key: unknown[]) => entityDigest(index, key)?.toString('hex') ?? null;

  it('is the same for a number and its text, and another for anything else', () => {
    expect(at(7, true)).toBe(at('7', 'true'));
    const others = [at(7, 'x'), at('x', 7), at('7,x', ''), at('', '7,x')];
    others.push(entityDigest({ ...index, view: 'cards' }, [7, 'x'])?.toString('hex') ?? null);
    expect(new Set(others).size).toBe(others.length);
  });

  it.each([[null], [undefined], [{}], [[1]]])('is nowhere for %j', (part) => {
    expect(at(part, 1)).toBeNull();
  });
});
