import { type FeatureColumn, schemaDigestOf, withSchema } from './feature.view';

const now = new Date('2026-01-05T00:00:00Z');
const columns: FeatureColumn[] = [
  { name: 'record_id', type: 'string' },
  { name: 'enc.age', type: 'number' },
];
const batch = (overrides: object = {}) => ({ view: 'v', dataset: 'v', owner: 'o', columns, ...overrides });

describe('the version of a view', () => {
  it('is the first for the first schema, and stays with the schema', () => {
    const first = withSchema(null, batch(), now);
    expect(first.version).toEqual({ version: 1, schemaDigest: schemaDigestOf(columns), columns, createdAt: now });
    const again = withSchema(first.view, batch({ owner: 'p' }), new Date());
    expect(again.version).toBe(first.version);
    expect(again.view).toMatchObject({ owner: 'p', versions: [first.version] });
  });

  it('is a new one for another name, type or order, and the old one for the old schema', () => {
    let { view } = withSchema(null, batch(), now);
    const others: FeatureColumn[][] = [
      [columns[0] as FeatureColumn, { name: 'enc.sex', type: 'number' }],
      [columns[0] as FeatureColumn, { name: 'enc.age', type: 'integer' }],
      [...columns].reverse(),
    ];
    others.forEach((other, index) => {
      const next = withSchema(view, batch({ columns: other }), now);
      expect(next.version.version).toBe(index + 2);
      view = next.view;
    });
    expect(withSchema(view, batch(), now).version.version).toBe(1);
  });
});
