import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeAtomically } from './atomic.file';
import { withLock } from './exclusive.lock';

export interface Installation {
  readonly directory: string;
  /** What the content depends on: versions and the texts of the files that name them. */
  readonly key: string;
  /** A file without which nothing works; may be a link that must still lead somewhere. */
  readonly requiredFile: string;
  readonly install: () => Promise<void>;
}

export interface Inventory {
  readonly files: number;
  readonly bytes: number;
}

export const installationKey = (...parts: readonly string[]): string =>
  createHash('sha256').update(parts.join('\0')).digest('hex');

/** Counts regular files and their bytes. Byte code that Python writes while running is left out. */
export function takeInventory(directory: string): Inventory {
  let files = 0;
  let bytes = 0;
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && entry.name !== '__pycache__') {
      const inner = takeInventory(path);
      files += inner.files;
      bytes += inner.bytes;
    } else if (entry.isFile()) {
      files += 1;
      bytes += statSync(path).size;
    }
  }
  return { files, bytes };
}

const stampOf = (directory: string) => `${directory}.installed.json`;
const stampText = (key: string, { files, bytes }: Inventory) => `${JSON.stringify({ key, files, bytes })}\n`;

/** True when the directory holds exactly what the finished installation of this key left there. */
export function isInstalled(installation: Pick<Installation, 'directory' | 'key' | 'requiredFile'>): boolean {
  const { directory, key, requiredFile } = installation;
  if (!existsSync(stampOf(directory)) || !existsSync(requiredFile)) return false;
  return readFileSync(stampOf(directory), 'utf8') === stampText(key, takeInventory(directory));
}

/** Installs unless that is done already. The stamp goes first and comes last, so a broken half is always redone. */
export async function ensureInstalled(installation: Installation, onProgress: (line: string) => void): Promise<void> {
  if (isInstalled(installation)) return;
  const { directory, key } = installation;
  const onWait = (pid: number) => onProgress(`waiting for process ${pid}, which is installing into ${directory}`);
  await withLock(
    `${directory}.lock`,
    async () => {
      if (isInstalled(installation)) return;
      rmSync(stampOf(directory), { force: true });
      rmSync(directory, { recursive: true, force: true });
      mkdirSync(dirname(directory), { recursive: true });
      await installation.install();
      writeAtomically(stampOf(directory), stampText(key, takeInventory(directory)));
    },
    { onWait },
  );
}
