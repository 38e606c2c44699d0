import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeployedFolder, DeployedVersion } from '../application/ports';

const MODEL = 'current_model.onnx';
const VERSION = 'version.json';

/** The deployed folder on disk. Readers see the old file or the new one, after a crash too. */
export class DiskDeployedFolder implements DeployedFolder {
  constructor(private readonly root: string) {}

  /** Null where nothing was written yet, or where what is there cannot be read: it is written anew. */
  async read(folder: string): Promise<DeployedVersion | null> {
    try {
      return JSON.parse(await readFile(join(this.root, folder, VERSION), 'utf8')) as DeployedVersion;
    } catch (error) {
      if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  /** A reader that finds a new model beside the old version file sees that the digests differ, and reads again. */
  async write(folder: string, model: Uint8Array, version: DeployedVersion): Promise<void> {
    const path = join(this.root, folder);
    await mkdir(path, { recursive: true });
    await replaceFile(join(path, MODEL), model);
    await replaceFile(join(path, VERSION), `${JSON.stringify(version, null, 2)}\n`);
    await sync(path);
  }
}

async function replaceFile(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${randomUUID()}.tmp`;
  try {
    const file = await open(temporary, 'w');
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** The renames themselves become durable with their directory. */
async function sync(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
