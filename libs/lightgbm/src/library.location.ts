import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TrainingError } from '@perennial/training';

/** The version whose wheel `deploy/local` installs; others of the same major version work as well. */
export const lightGbmVersion = '4.7.0';

/** Where to look for LightGBM's native library. */
export interface LibraryPlace {
  /** The file itself; nothing else is looked for when it is given. */
  readonly file?: string;
  /** Folder of downloads of the local stack; the checkout's own unless given. */
  readonly artifacts?: string;
}

const FILES: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'lib_lightgbm.dylib',
  win32: 'lib_lightgbm.dll',
};

/** Where the wheel, installed by `pip install --target`, puts the library within the folder of downloads. */
export function installedLibrary(artifacts: string, platform: NodeJS.Platform = process.platform): string {
  return unpackedLibrary(join(artifacts, `lightgbm-${lightGbmVersion}`), platform);
}

const unpackedLibrary = (folder: string, platform = process.platform): string =>
  join(folder, 'lightgbm', 'lib', FILES[platform] ?? 'lib_lightgbm.so');

/** Throws TrainingError `training.library-missing`, which says how to install it. */
export function locateLibrary({ file, artifacts }: LibraryPlace): string {
  const candidates = file ? [file] : [artifacts, checkoutArtifacts(__dirname)].flatMap((folder) => installed(folder));
  const found = candidates.find((candidate) => existsSync(candidate));
  if (found) return found;
  const looked = candidates.length > 0 ? candidates.join(', ') : 'no folder of downloads';
  const message = `LightGBM's native library was not found (looked at ${looked}). ${installationAdvice()}`;
  throw new TrainingError('training.library-missing', message, { candidates });
}

export const installationAdvice = (): string =>
  `Install it with "pip install --no-deps --target DIR lightgbm==${lightGbmVersion}" and set LIGHTGBM_LIBRARY to ` +
  `${unpackedLibrary('DIR')}; on Linux it needs libgomp.so.1 ` +
  '(Debian, Ubuntu: apt install libgomp1)';

const installed = (folder: string | undefined): string[] => (folder ? [installedLibrary(folder)] : []);

function checkoutArtifacts(from: string): string | undefined {
  if (existsSync(join(from, 'package-lock.json'))) return join(from, '.perennial', 'artifacts');
  const parent = dirname(from);
  return parent === from ? undefined : checkoutArtifacts(parent);
}
