import { parsePipeline, recordValidator, type Dataset } from '@perennial/pipeline';
import { identityOf } from './record.identity';
import type { Entry } from './record.slice';
import { chunkRows, rowsOf } from './row.chunk';
import { sift } from './sifting';

const pipeline = `
apiVersion: perennial/v1
kind: Pipeline
name: tiny
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: amount, type: number, minimum: 0 }
    - { name: y, type: integer }
reference: { day: '2026-01-01' }
`;
const dataset = (parsePipeline(pipeline, {}).ok as { dataset: Dataset }).dataset;
const validate = recordValidator(dataset);

const entry = (offset: number, ...records: unknown[]): Entry => ({
  offset,
  dataset: 'tiny',
  day: '2026-01-05',
  content: { records },
});

describe('sifting a slice', () => {
  it('parts rows from records to quarantine, with every reason', () => {
    const bad = { id: 'b', amount: -1, y: 'no' };
    const sifted = sift([entry(4, { id: 'a', amount: 1.5, y: 1 }, bad)], -1, validate, 'id');
    expect(sifted?.rows).toEqual([{ offset: 4, row: ['a', 1.5, 1] }]);
    expect(sifted?.quarantined).toMatchObject([{ offset: 4, index: 1, identity: 'b', record: bad }]);
    expect(sifted?.quarantined[0]?.problems).toEqual([
      { column: 'amount', value: -1, rule: 'must be at least 0' },
      { column: 'y', value: 'no', rule: 'must be an integer' },
    ]);
  });

  it('drops what was taken before', () => {
    const entries = [entry(4, { id: 'a' }), entry(5, { id: 'b' })];
    expect(sift(entries, 4, validate, 'id')).toMatchObject({ firstOffset: 5, lastOffset: 5, rows: [{ offset: 5 }] });
    expect(sift(entries, 5, validate, 'id')).toBeNull();
  });

  it('keeps the last manifest', () => {
    const manifest = (offset: number, rows: number): Entry => ({ ...entry(offset), content: { manifest: rows } });
    expect(sift([manifest(1, 5), manifest(2, 6)], -1, validate, 'id')).toMatchObject({
      manifest: { rows: 6 },
      rows: [],
    });
  });
});

describe('the identity of a refused record', () => {
  it('is its record id, else its content whatever the order of its keys', () => {
    expect(identityOf({ id: 7, a: 1 }, 'id')).toBe('7');
    expect(identityOf({ a: 1, b: 2 }, 'id')).toBe(identityOf({ b: 2, a: 1 }, 'id'));
    expect(identityOf({ a: 1 }, 'id')).not.toBe(identityOf({ a: 2 }, 'id'));
    expect(identityOf('text', 'id')).toMatch(/^sha256:/);
  });
});

describe('chunks of rows', () => {
  const row = (text: string) => ({ offset: 9, row: [text, null, 1] });

  it('give back the rows, line ends within cells included', () => {
    const [chunk] = chunkRows([row('a\nb'), row('"')], ['id', 'amount', 'y']);
    expect(chunk).toMatchObject({ rows: 2, firstOffset: 9, lastOffset: 9 });
    expect(rowsOf(chunk as never, ['id', 'amount', 'y'])).toEqual([
      ['a\nb', null, 1],
      ['"', null, 1],
    ]);
  });

  it('follow the columns asked for, null where the chunk has none', () => {
    const [chunk] = chunkRows([row('a')], ['id', 'amount', 'y']);
    expect(rowsOf(chunk as never, ['y', 'new', 'id'])).toEqual([[1, null, 'a']]);
  });

  it('are cut before they grow too long', () => {
    const chunks = chunkRows(
      Array.from({ length: 9 }, () => row('x'.repeat(1_000_000))),
      ['id', 'amount', 'y'],
    );
    expect(chunks.map(({ rows }) => rows)).toEqual([4, 4, 1]);
    expect(chunkRows([], ['id'])).toEqual([]);
  });
});
