import { rowKey } from '@perennial/integrity';
import { type Dataset, parsePipeline } from '@perennial/pipeline';
import { placeKey, SubmittedRows } from './submitted.rows';

const dataset = (type: string): Dataset => {
  const parsed = parsePipeline(`apiVersion: perennial/v1
kind: Pipeline
name: p
owner: a@b.example
dataset:
  recordId: id
  target: { column: y, positive: 1 }
  columns:
    - { name: id, type: ${type}, nullable: false }
    - { name: x, type: number }
    - { name: y, type: integer }
reference: { day: '2026-03-02' }
`);
  if (parsed.problems) throw new Error(JSON.stringify(parsed.problems));
  return parsed.ok.dataset;
};

const day = '2026-03-02';
const push = (records: unknown[], more = {}) => ({ dataset: 'p', day, records, ...more });

describe('submitted rows', () => {
  it('are told by their ids, of text as they came and of other types as they are stored', () => {
    const text = new SubmittedRows([dataset('string')], undefined);
    text.take(
      push([
        { id: 'a', y: 1 },
        { id: 'b', y: 0 },
      ]),
      't/0',
      7,
    );
    expect([...text.days.get(`p/${day}`)!.rows.accepted(new Set()).keys]).toEqual([rowKey('a'), rowKey('b')]);
    const whole = new SubmittedRows([dataset('integer')], undefined);
    whole.take(push([{ id: 12, x: 1, y: 1 }]), 't/0', 7);
    expect([...whole.days.get(`p/${day}`)!.rows.accepted(new Set()).keys]).toEqual([rowKey('12')]);
  });

  it('leave out those that lie in quarantine, by their place, and name the others by theirs', () => {
    const rows = new SubmittedRows([dataset('string')], undefined);
    rows.take(push([{ id: 'a' }, { id: 'b' }]), 't/0', 7);
    rows.take(push([{ id: 'a' }, 'no record']), 't/1', 9);
    const first = placeKey({ stream: 't/0', offset: 7, index: 0 });
    const accepted = rows.days.get(`p/${day}`)!.rows.accepted(new Set([first]));
    expect(accepted.keys).toHaveLength(3);
    expect(accepted.keys[1]).toBe(rowKey('a'));
    expect([0, 1, 2].map((index) => accepted.name(index))).toEqual(['in t/0/7', 'in t/1/9', 'in t/1/9']);
  });

  it('are of declared datasets and of the days that are asked for', () => {
    const rows = new SubmittedRows([dataset('string')], day);
    rows.take(push([{ id: 'a' }], { dataset: 'other' }), 't/0', 1);
    rows.take(push([{ id: 'a' }], { day: '2026-03-01' }), 't/0', 2);
    rows.take(push([{ id: 'a' }]), 't/0', 3);
    expect([...rows.days.keys()]).toEqual([`p/${day}`]);
  });

  it('grow beyond their first space', () => {
    const rows = new SubmittedRows([dataset('string')], undefined);
    for (let offset = 0; offset < 5; offset += 1) {
      rows.take(push(Array.from({ length: 1000 }, (_, index) => ({ id: `${offset}-${index}` }))), 't/3', offset);
    }
    const accepted = rows.days.get(`p/${day}`)!.rows.accepted(new Set());
    expect(new Set(accepted.keys).size).toBe(5000);
    expect(accepted.name(4999)).toBe('in t/3/4');
  });
});
