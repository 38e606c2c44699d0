import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPipelines } from './load-pipelines';

const pipeline = (name: string) => `
apiVersion: perennial/v1
kind: Pipeline
name: ${name}
dataset:
  recordId: id
  target: { column: bad, positive: 1 }
  columns:
    - { name: id, type: string }
    - { name: income, type: number }
    - { name: bad, type: integer }
reference: { day: '2026-01-01' }
`;

describe('loadPipelines', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'pipelines-'))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);

  it('reads every file of a folder', () => {
    write('a.yaml', pipeline('a'));
    write('b.yml', pipeline('b'));
    write('notes.txt', 'not a pipeline');
    expect([...loadPipelines([folder], {}).keys()]).toEqual(['a', 'b']);
  });

  it('reads the folder of a mounted ConfigMap, whose files are links into hidden folders', () => {
    mkdirSync(join(folder, '..2026_01_01'));
    write('..2026_01_01/a.yaml', pipeline('a'));
    symlinkSync('..2026_01_01', join(folder, '..data'));
    symlinkSync('..data/a.yaml', join(folder, 'a.yaml'));
    expect([...loadPipelines([folder], {}).keys()]).toEqual(['a']);
  });

  it('lists the problems of every file', () => {
    write('a.yaml', pipeline('A b'));
    write('b.yaml', 'kind: Nothing');
    expect(() => loadPipelines([folder, join(folder, 'missing')], {})).toThrow(
      /a\.yaml[\s\S]*b\.yaml[\s\S]*missing cannot be read/,
    );
  });

  it('refuses two pipelines of one name', () => {
    write('a.yaml', pipeline('a'));
    write('b.yaml', pipeline('a'));
    expect(() => loadPipelines([folder], {})).toThrow('pipeline a is declared twice');
  });
});
