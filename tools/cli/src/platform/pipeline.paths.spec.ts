import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { pipelinePaths } from './pipeline.paths';

describe('which pipelines to run', () => {
  let directory: string;
  let mine: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'perennial-paths-'));
    mine = join(directory, 'mine.yaml');
    writeFileSync(mine, '');
  });
  afterAll(() => rmSync(directory, { recursive: true }));

  const chosen = (
    asked: string[] | undefined,
    rest: { env?: Record<string, string>; last?: string[]; cwd?: string } = {},
  ) => pipelinePaths(asked, { cwd: directory, env: {}, ...rest });

  it('those asked for come first, then PIPELINES, then those of the last time', () => {
    expect(chosen(['mine.yaml'], { env: { PIPELINES: '/other' }, last: ['/last'] })).toEqual([mine]);
    expect(chosen(undefined, { env: { PIPELINES: mine }, last: ['/last'] })).toEqual([mine]);
    expect(chosen(undefined, { last: [mine] })).toEqual([mine]);
  });

  it('without any, the example', () => {
    const [example] = chosen(undefined);
    expect(basename(dirname(String(example)))).toBe('credit-default');
  });

  it('the example of the last time does not hide ./pipelines', () => {
    const cwd = join(directory, 'work');
    mkdirSync(join(cwd, 'pipelines'), { recursive: true });
    expect(chosen(undefined, { cwd, last: chosen(undefined) })).toEqual([join(cwd, 'pipelines')]);
  });

  it('a file of the last time that is gone is told, not left out', () => {
    expect(() => chosen(undefined, { last: [mine, '/gone.yaml'] })).toThrow(/\/gone\.yaml, which ran last time/);
  });
});
