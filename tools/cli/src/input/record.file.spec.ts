import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromRows, writeParquet } from '@perennial/columns';
import { parsePipeline } from '@perennial/pipeline';
import { survey } from './day.survey';
import { instanceOf, predictionBody } from './prediction.body';
import { recordsOfFile } from './record.file';

const parsed = parsePipeline(`apiVersion: perennial/v1
kind: Pipeline
name: p
dataset:
  recordId: id
  target: { column: y, positive: late }
  columns:
    - { name: id, type: string }
    - { name: n, type: number }
    - { name: on, type: boolean }
    - { name: d, type: date }
    - { name: c, type: category }
    - { name: y, type: category, values: [late, fine] }
reference: { day: '2026-01-01' }
`);
const { columns } = parsed.ok!.dataset;

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'perennial-records-'));
});
afterAll(() => rmSync(directory, { recursive: true }));

async function read(name: string, content: string | Uint8Array) {
  const path = join(directory, name);
  writeFileSync(path, content);
  const records: unknown[] = [];
  for await (const record of recordsOfFile(path, columns)) records.push(record);
  return records;
}

describe('records of a file', () => {
  it('CSV values get the types that their columns declare; what does not fit stays text', async () => {
    expect(await read('a.csv', 'id,n,on,d,c,y\n01,1.5,true,2026-01-01,2,late\n02,many,maybe,,,\n')).toEqual([
      { id: '01', n: 1.5, on: true, d: '2026-01-01', c: '2', y: 'late' },
      { id: '02', n: 'many', on: 'maybe', d: null, c: null, y: null },
    ]);
  });

  it('JSON lines are taken as they are', async () => {
    expect(await read('a.jsonl', '{"id":"1","n":null}\n\n{"id":2}\n')).toEqual([{ id: '1', n: null }, { id: 2 }]);
  });

  it('Parquet gives days and texts as producers send them', async () => {
    const schema = [
      { name: 'id', type: 'integer' as const },
      { name: 'd', type: 'date' as const },
    ];
    const bytes = writeParquet(tableFromRows(schema, [[7, 1]]));
    expect(await read('a.parquet', bytes)).toEqual([{ id: '7', d: '1970-01-02' }]);
  });

  it.each([
    ['b.csv', 'id,n\n1,2\n3\n', 'b.csv, line 3: must have 2 fields'],
    ['c.csv', 'id,id\n1,2\n', 'c.csv, line 1'],
    ['b.jsonl', '{"id":1}\nnope\n', 'b.jsonl, line 2: must be JSON'],
    ['c.jsonl', '{"id":1}\n[1]\n', 'c.jsonl, line 2: must be an object'],
    ['b.parquet', 'nope', 'b.parquet: not a Parquet file'],
    ['b.txt', 'x', 'must end in .csv'],
  ])('%s is refused with its line', async (name, content, message) => {
    await expect(read(name, content)).rejects.toMatchObject({ exit: 2, message: expect.stringContaining(message) });
  });
});

async function* each<T>(items: readonly T[]) {
  yield* items;
}

it('a survey counts records, and distinct ones by id', async () => {
  const records = [{ id: 1 }, { id: '1' }, { id: 2 }, { n: 1 }, { n: 1 }, { n: 2 }];
  expect(await survey(each(records), 'id')).toEqual({ records: 6, distinct: 4 });
});

describe('a prediction request', () => {
  it('is made of assignments', () => {
    expect(instanceOf(['a=1', 'b=x=y', 'c="1"', 'd=', 'e=true', 'f=null', 'g=-2.5e3'])).toEqual({
      a: 1,
      b: 'x=y',
      c: '1',
      d: null,
      e: true,
      f: null,
      g: -2500,
    });
    expect(() => instanceOf(['a'])).toThrow('COLUMN=VALUE');
  });

  it('is a row, rows, or a whole request', () => {
    expect(predictionBody('{"a":1}', 'x')).toEqual({ instances: [{ a: 1 }] });
    expect(predictionBody('[{"a":1}]', 'x')).toEqual({ instances: [{ a: 1 }] });
    const request = { categorical_features: ['a'], numerical_features: [1] };
    expect(predictionBody(JSON.stringify(request), 'x')).toEqual(request);
    expect(() => predictionBody('nope', '--data')).toThrow('--data: must be JSON');
    expect(() => predictionBody('1', '--data')).toThrow('object or array');
  });
});
