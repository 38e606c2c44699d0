import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { TrainingError } from '@perennial/training';
import { installedLibrary, lightGbmVersion, locateLibrary } from './library.location';
import { NativeLibrary } from './native.library';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'lightgbm '))));
afterEach(() => rmSync(folder, { recursive: true }));

function written(file: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, 'no library');
  return file;
}

it('finds the library where the local stack installs it', () => {
  const file = written(installedLibrary(folder));
  expect(locateLibrary({ artifacts: folder })).toBe(file);
});

it('takes the file that it is told before any other', () => {
  written(installedLibrary(folder));
  const file = written(join(folder, 'own.so'));
  expect(locateLibrary({ file, artifacts: folder })).toBe(file);
});

const caught = (action: () => unknown): TrainingError => {
  try {
    action();
  } catch (error) {
    return error as TrainingError;
  }
  throw new Error('nothing was thrown');
};

it('says what was looked for and how to install it, and looks nowhere else when told a file', () => {
  const error = caught(() => locateLibrary({ file: join(folder, 'none.so'), artifacts: folder }));
  expect(error).toBeInstanceOf(TrainingError);
  expect(error).toMatchObject({ code: 'training.library-missing', retryable: false });
  expect(error.details).toEqual({ candidates: [join(folder, 'none.so')] });
  expect(error.message).toContain(`pip install --no-deps --target DIR lightgbm==${lightGbmVersion}`);
  expect(error.message).toContain('LIGHTGBM_LIBRARY');
});

it('says which file the system cannot load', () => {
  const file = written(join(folder, 'broken.so'));
  const error = caught(() => NativeLibrary.open({ file }));
  expect(error).toMatchObject({ code: 'training.library-missing', details: { file } });
  expect(error.message).toContain(`${file} could not be loaded`);
});
