import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Installation, ensureInstalled } from './installation';

describe('ensureInstalled', () => {
  let root: string;
  let runs: number;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'install '));
    runs = 0;
  });
  afterEach(() => rmSync(root, { recursive: true }));

  const installation = (key = 'v1', after: () => void = () => undefined): Installation => ({
    directory: join(root, 'tool'),
    key,
    requiredFile: join(root, 'tool', 'program'),
    install: async () => {
      runs += 1;
      mkdirSync(join(root, 'tool'), { recursive: true });
      writeFileSync(join(root, 'tool', 'program'), 'abc');
      after();
      writeFileSync(join(root, 'tool', 'library'), 'defg');
      await Promise.resolve();
    },
  });
  const ensure = (each = installation()) => ensureInstalled(each, () => undefined);

  it('does the work once', async () => {
    await ensure();
    await ensure();
    expect(runs).toBe(1);
  });

  it('does it again for another version', async () => {
    await ensure();
    await ensure(installation('v2'));
    expect(runs).toBe(2);
  });

  it.each([
    ['a file is missing', () => rmSync(join(root, 'tool', 'library'))],
    ['a file is cut short', () => truncateSync(join(root, 'tool', 'library'), 1)],
    ['the directory is gone', () => rmSync(join(root, 'tool'), { recursive: true })],
  ])('does it again when %s', async (_, damage) => {
    await ensure();
    damage();
    await ensure();
    expect(runs).toBe(2);
  });

  it('does it again after a run that broke half-way', async () => {
    const breaking = installation('v1', () => {
      throw new Error('power cut');
    });
    await expect(ensure(breaking)).rejects.toThrow('power cut');
    await ensure();
    expect(runs).toBe(2);
  });
});
