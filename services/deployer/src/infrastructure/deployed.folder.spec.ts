import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiskDeployedFolder } from './deployed.folder';

const version = (name: string) => ({
  ...{ pipeline: 'credit', version: name, digest: `sha256:${'0'.repeat(64)}`, rolloutId: name, sequence: 1 },
  ...{ decisionThreshold: 0.5, at: '2026-01-02T03:00:00.000Z' },
});

describe('the deployed folder on disk', () => {
  let root: string;
  beforeEach(async () => (root = await mkdtemp(join(tmpdir(), 'deployed-'))));
  afterEach(() => rm(root, { recursive: true, force: true }));

  it('gives back what was written last, and leaves no other file', async () => {
    const folder = new DiskDeployedFolder(root);
    for (const name of ['v1', 'v2']) await folder.write('credit', Buffer.from(`model ${name}`), version(name));
    expect(await folder.read('credit')).toEqual(version('v2'));
    expect(await readFile(join(root, 'credit/current_model.onnx'), 'utf8')).toBe('model v2');
    expect((await readdir(join(root, 'credit'))).sort()).toEqual(['current_model.onnx', 'version.json']);
  });

  it('knows nothing where nothing was written, or where the version file is torn', async () => {
    const folder = new DiskDeployedFolder(root);
    expect(await folder.read('credit')).toBeNull();
    await writeFile(join(root, 'version.json'), '{"pipeline":');
    expect(await folder.read('')).toBeNull();
  });

  it('leaves the old files whole when the new ones cannot be written', async () => {
    const folder = new DiskDeployedFolder(root);
    await folder.write('credit', Buffer.from('model v1'), version('v1'));
    const unwritable = null as unknown as Uint8Array;
    await expect(folder.write('credit', unwritable, version('v2'))).rejects.toThrow();
    expect(await folder.read('credit')).toEqual(version('v1'));
    expect((await readdir(join(root, 'credit'))).sort()).toEqual(['current_model.onnx', 'version.json']);
  });
});
