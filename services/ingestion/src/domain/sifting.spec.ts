import { parsePipeline, recordValidator, type Dataset } from '@perennial/pipeline';
import { identityOf } from './record.identity';
import type { Entry } from './record.slice';
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
