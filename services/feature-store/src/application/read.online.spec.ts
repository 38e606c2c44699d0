import type { OnlineRow } from '../domain/online.row';
import { entityDigest } from '../domain/entity.index';
import type { OnlineStore } from './ports';
import { ReadOnline } from './read.online';

const pipeline = (name: string, entities: string[] | null) => ({
  name,
  dataset: { name: 'loans', recordId: 'id' },
  serving: { enrichment: entities && { source: 'feature-store', entities } },
});

const byId = { view: 'loans', recordId: 'id', entities: ['id'] };
const byBoth = { view: 'loans', recordId: 'id', entities: ['branch', 'id'] };
const rows = new Map<string, OnlineRow>([
  [String(entityDigest(byId, ['a'])?.toString('hex')), { version: 2, day: '2026-01-03', addedAt: 1, values: ['x', 7] }],
  [String(entityDigest(byId, [5])?.toString('hex')), { version: 1, day: '2026-01-02', addedAt: 1, values: [null] }],
  [
    String(entityDigest(byBoth, ['n', 'a'])?.toString('hex')),
    { version: 1, day: '2026-01-01', addedAt: 1, values: [1] },
  ],
]);
const online = {
  get: (digest: Buffer) => rows.get(digest.toString('hex')),
  schemasOf: (view: string) => new Map(view === 'loans' ? [[1, ['city']] as const, [2, ['city', 'age']] as const] : []),
} as unknown as OnlineStore;

const pipelines = [pipeline('one', ['id']), pipeline('two', ['id', 'branch']), pipeline('none', null)] as never[];
const read = new ReadOnline(pipelines, online, () => true);
const how = { fullNames: false, versions: false };
const NONE = '1970-01-01T00:00:00Z';

describe('online features', () => {
  it('are answered in the form of Feast: entities first, a column for each feature of the newest version', () => {
    const entities = { id: ['a', '5', 'nobody', null] };
    expect(read.run({ asked: { service: 'one' }, entities, ...how, versions: true })).toEqual({
      metadata: { feature_names: ['id', 'city', 'age'], feature_view_metadata: [{ name: 'loans', version: 2 }] },
      results: [
        { values: entities.id, statuses: Array(4).fill('PRESENT'), event_timestamps: Array(4).fill(NONE) },
        {
          values: ['x', null, null, null],
          statuses: ['PRESENT', 'NULL_VALUE', 'NOT_FOUND', 'NOT_FOUND'],
          event_timestamps: ['2026-01-03T00:00:00Z', '2026-01-02T00:00:00Z', NONE, NONE],
        },
        {
          values: [7, null, null, null],
          statuses: ['PRESENT', 'NOT_FOUND', 'NOT_FOUND', 'NOT_FOUND'],
          event_timestamps: ['2026-01-03T00:00:00Z', NONE, NONE, NONE],
        },
      ],
    });
  });

  it('of a service leave out a column that is a key', () => {
    const { metadata } = new ReadOnline([pipeline('aged', ['age'])] as never[], online, () => true).run({
      ...{ asked: { service: 'aged' }, entities: { age: [7] }, ...how },
    });
    expect(metadata.feature_names).toEqual(['age', 'city']);
  });

  it('are found by the longest key that is given', () => {
    const asked = { references: ['loans:city'] };
    const values = (entities: Record<string, unknown[]>) =>
      read.run({ asked, entities, fullNames: true, versions: false }).results.at(-1)?.values;
    expect(values({ id: ['a'] })).toEqual(['x']);
    expect(values({ id: ['a'], branch: ['n'] })).toEqual([1]);
    const { metadata } = read.run({ asked, entities: { id: ['a'] }, fullNames: true, versions: false });
    expect(metadata).toEqual({ feature_names: ['id', 'loans__city'] });
  });

  it.each([
    [{ service: 'none' }, { id: ['a'] }, 404, 'feature_service none: must be one of one, two'],
    [{ references: ['cards:x'] }, { id: ['a'] }, 404, 'features cards: must be a view that a pipeline looks up: loans'],
    [{ references: ['loans:x'] }, { id: ['a'] }, 404, 'features loans:x: must name a feature of loans'],
    [
      { references: ['loans:city'] },
      { user: ['a'] },
      400,
      'entities must have id, by which rows of loans are found; got user',
    ],
    [{ service: 'two' }, { id: ['a'] }, 400, 'entities must have branch, id, by which rows of loans are found; got id'],
  ])('%j of %j: %d %s', (asked, entities, status, message) => {
    const run = () => read.run({ asked, entities: entities as never, ...how });
    expect(run).toThrow(message);
    expect(run).toThrow(expect.objectContaining({ status }));
  });

  it('says when rows are still being read, instead of not finding them', () => {
    const early = new ReadOnline(pipelines, online, () => false);
    const run = () => early.run({ asked: { service: 'one' }, entities: { id: ['a'] }, ...how });
    expect(run).toThrow(expect.objectContaining({ code: 'ROWS_INCOMPLETE', status: 503, retryable: true }));
  });
});
