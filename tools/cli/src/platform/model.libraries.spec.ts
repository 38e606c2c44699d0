import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { withLibraries } from './model.libraries';

const yaml = (name: string, kind: string) => `apiVersion: perennial/v1
kind: Pipeline
name: ${name}
dataset:
  recordId: id
  target: { column: label, positive: 1 }
  columns: [{ name: id, type: string }, { name: x, type: number }, { name: label, type: integer }]
reference: { day: 2026-01-01 }
model: { kind: ${kind} }
`;

describe("LightGBM's library", () => {
  let folder: string;
  const installed: string[] = [];
  const install = async () => {
    installed.push('lib');
    return '/downloads/lib_lightgbm.so';
  };
  const environmentFor = (kinds: readonly string[], environment = {}) => {
    kinds.forEach((kind, index) => writeFileSync(join(folder, `${index}.yaml`), yaml(`p-${index}`, kind)));
    return withLibraries(environment, [folder], install);
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pipelines-'));
    installed.length = 0;
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('is installed when one of the pipelines is of that kind', async () => {
    const environment = await environmentFor(['mlp', 'lightgbm'], { OTHER: 'kept' });
    expect(environment).toEqual({ OTHER: 'kept', LIGHTGBM_LIBRARY: '/downloads/lib_lightgbm.so' });
  });

  it('is not touched otherwise', async () => {
    expect(await environmentFor(['mlp'])).toEqual({});
    expect(await environmentFor(['lightgbm'], { LIGHTGBM_LIBRARY: '/own.so' })).toEqual({
      LIGHTGBM_LIBRARY: '/own.so',
    });
    expect(installed).toEqual([]);
  });
});
