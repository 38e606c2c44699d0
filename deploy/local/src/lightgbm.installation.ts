import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ensureInstalled, type Installation, installationKey } from './installation';
import { lastLines, runCommand } from './run.command';
import { secantusPython, secantusVersion } from './secantus.installation';
import { defaultArtifacts } from './stack.config';
import { StackError } from './stack.error';

export const lightGbmVersion = '4.7.0';
const requirements = join(__dirname, '..', 'lightgbm', 'requirements.txt');

const LIBRARIES: Partial<Record<NodeJS.Platform, string>> = {
  darwin: 'lib_lightgbm.dylib',
  win32: 'lib_lightgbm.dll',
};

export interface LightGbmOptions {
  /** Folder of downloads; default `.perennial/artifacts` in the checkout. */
  readonly artifacts?: string;
  readonly onProgress?: (line: string) => void;
}

/**
 * Installs LightGBM's native library unless that is done already, and returns the file. Training of LightGBM models
 * finds it by LIGHTGBM_LIBRARY, or in the folder of downloads. @throws StackError `python-missing`, `download-failed`
 */
export async function installLightGbm({ artifacts, onProgress = () => undefined }: LightGbmOptions = {}) {
  const installation = lightGbmInstallation(resolve(artifacts ?? defaultArtifacts()), onProgress);
  await ensureInstalled(installation, onProgress);
  return installation.requiredFile;
}

export function lightGbmInstallation(artifacts: string, onProgress: (line: string) => void): Installation {
  const directory = join(artifacts, `lightgbm-${lightGbmVersion}`);
  return {
    directory,
    key: installationKey(readFileSync(requirements, 'utf8'), process.platform, process.arch),
    requiredFile: join(directory, 'lightgbm', 'lib', LIBRARIES[process.platform] ?? 'lib_lightgbm.so'),
    install: async () => {
      onProgress(`fetching LightGBM ${lightGbmVersion} (about 4 MB) …`);
      await unpackWheel(await findPip(artifacts), directory);
      onProgress(`LightGBM ${lightGbmVersion} is installed`);
    },
  };
}

/** The database's own Python has pip for certain; the system's often has not. */
async function findPip(artifacts: string): Promise<string> {
  const own = secantusPython(join(artifacts, `secantusdb-${secantusVersion}`));
  for (const python of [...(existsSync(own) ? [own] : []), 'python3', 'python']) {
    if ((await runCommand(python, ['-m', 'pip', '--version'])).exitCode === 0) return python;
  }
  const advice = 'install Python 3 with pip (Debian, Ubuntu: apt install python3-pip; macOS: brew install python)';
  throw new StackError('python-missing', `pip was not found, and LightGBM is fetched with it: ${advice}`);
}

async function unpackWheel(python: string, directory: string): Promise<void> {
  const { exitCode, output } = await runCommand(python, [
    ...['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check', '--no-compile'],
    ...['--no-deps', '--only-binary', ':all:', '--require-hashes', '--target', directory, '-r', requirements],
  ]);
  if (exitCode === 0) return;
  const advice = 'Check the network and run the same command again.';
  const message = `fetching LightGBM ${lightGbmVersion} failed. ${advice} pip said:\n${lastLines(output)}`;
  throw new StackError('download-failed', message, { output });
}
