import type { EnrichmentPolicy, EntityFeatures } from '../domain/row.enrichment';
import { EnrichRows, type PipelineEnrichment } from './enrich.rows';
import { featuresUnavailable } from './features.unavailable';

const NOW = Date.parse('2026-01-06T00:00:00Z');
const DAY = 86_400_000;

const policy: EnrichmentPolicy = {
  ...{ entities: ['user'], columns: ['age', 'limit'], maxAgeSeconds: 100_000 },
  ...{ missing: 'refuse', stale: 'refuse', defaults: {} },
};

const known = (age: number, limit: number | null, at = NOW - DAY): EntityFeatures => ({
  values: new Map([
    ['age', { value: age, at, expired: false }],
    ['limit', { value: limit, at, expired: false }],
  ]),
  views: ['people@v2'],
});

function setup(changes: Partial<EnrichmentPolicy> = {}, unavailable: PipelineEnrichment['unavailable'] = 'refuse') {
  const asked: unknown[] = [];
  const filled: object[] = [];
  const stored = new Map<unknown, EntityFeatures | Error>([
    [1, known(30, 5)],
    ['b', known(40, null)],
    ['old', known(50, 6, NOW - 3 * DAY)],
    ['away', featuresUnavailable('gone')],
  ]);
  const lookups = {
    of: async ([user]: readonly unknown[]) => {
      asked.push(user);
      const found = stored.get(user) ?? { values: new Map(), views: [] };
      if (found instanceof Error) throw found;
      return found;
    },
  };
  const metrics = {
    asked: () => undefined,
    lookedUp: () => undefined,
    filled: (_: string, row: object) => filled.push(row),
  };
  const enrichment = { policy: { ...policy, ...changes }, unavailable, lookups };
  const enrich = new EnrichRows(new Map([['credit', enrichment]]), metrics, () => NOW);
  return { enrich, asked, filled };
}

describe('enriching the rows of a request', () => {
  it('looks up what is left out, and tells how old it is', async () => {
    const { enrich, asked, filled } = setup();
    const rows = [{ user: 1 }, { user: 'b', age: null }, { age: 1, limit: 2 }];
    const enriched = await enrich.run('credit', rows);
    expect(enriched?.fill(rows)).toEqual([
      { user: 1, age: 30, limit: 5 },
      { user: 'b', age: null, limit: null },
      { age: 1, limit: 2 },
    ]);
    const ages = { age: 86_400, limit: 86_400 };
    expect(enriched?.told).toEqual([
      { ages, stale: [], missing: [], views: ['people@v2'] },
      { ages: { limit: 86_400 }, stale: [], missing: [], views: ['people@v2'] },
      null,
    ]);
    expect(asked).toEqual([1, 'b']);
    expect(filled).toHaveLength(2);
  });

  it('asks for nothing where nothing is left out, or nothing declared', async () => {
    const { enrich, asked } = setup();
    expect(await enrich.run('credit', [{ user: 1, age: 1, limit: null }])).toBeNull();
    expect(await enrich.run('churn', [{}])).toBeNull();
    expect(asked).toEqual([]);
  });

  it.each([
    [{ age: 3 }, 400, 'INVALID_INPUT', 'Row 0: user must be given where columns are left out: limit'],
    [
      { user: 'nobody' },
      422,
      'FEATURES_MISSING',
      'Row 0: user must name an entity of which there are age, limit, or these must be given; got ["nobody"]',
    ],
    [
      { user: 'old', age: 3 },
      422,
      'FEATURES_STALE',
      'Row 0: user must name an entity whose limit are not older than 100000 seconds, or these must be given; got ["old"]',
    ],
    [{ user: 'away' }, 503, 'FEATURES_UNAVAILABLE', 'The source of features is away: gone'],
  ])('refuses %j with %d %s', async (row, status, code, message) => {
    await expect(setup().enrich.run('credit', [row])).rejects.toMatchObject({ status, code, message });
  });

  it('takes a source that is away for one that has nothing, where told so', async () => {
    const rows = [{ user: 'away' }, { user: 1 }];
    const { enrich } = setup({ missing: 'null', defaults: { age: 18 } }, 'missing');
    const enriched = await enrich.run('credit', rows);
    expect(enriched?.fill(rows)).toEqual([
      { user: 'away', age: 18, limit: null },
      { user: 1, age: 30, limit: 5 },
    ]);
    expect(enriched?.told[0]).toMatchObject({ ages: {}, missing: ['age', 'limit'] });
  });
});
