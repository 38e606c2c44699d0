import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { installedLibrary, lightGbmVersion as wanted } from '@perennial/lightgbm';
import { lightGbmInstallation, lightGbmVersion } from './lightgbm.installation';

const requirements = readFileSync(join(__dirname, '..', 'lightgbm', 'requirements.txt'), 'utf8');

it('puts the library where training looks for it, in the version that it names', () => {
  const { requiredFile } = lightGbmInstallation('/downloads', () => undefined);
  expect(requiredFile).toBe(installedLibrary('/downloads'));
  expect(lightGbmVersion).toBe(wanted);
  expect(requirements).toContain(`lightgbm==${lightGbmVersion} `);
});

it('is another installation when the pinned hashes change', () => {
  const { key, directory } = lightGbmInstallation('/downloads', () => undefined);
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(directory).toContain(lightGbmVersion);
  expect(requirements.match(/--hash=sha256:[0-9a-f]{64}/g)).toHaveLength(5);
});
