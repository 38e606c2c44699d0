import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Installation, installationKey } from './installation';
import { lastLines, runCommand } from './run.command';
import { StackError } from './stack.error';

export const secantusVersion = '0.7.0b3';
const requirements = join(__dirname, '..', 'secantusdb', 'requirements.txt');
const oldestPython = [3, 10] as const;

export function parsePythonVersion(output: string): readonly [number, number] | undefined {
  const match = /Python (\d+)\.(\d+)/.exec(output);
  return match ? [Number(match[1]), Number(match[2])] : undefined;
}

/** @throws StackError `python-missing`, `python-too-old` */
async function findPython(): Promise<string> {
  const { exitCode, output } = await runCommand('python3', ['--version']);
  const advice = `install Python ${oldestPython.join('.')} or later with its venv module (Debian, Ubuntu: apt install python3-venv; macOS: brew install python), or set MONGO_URL to a MongoDB replica set`;
  if (exitCode !== 0) {
    throw new StackError('python-missing', `python3 was not found, and the database needs it: ${advice}`, { output });
  }
  const version = parsePythonVersion(output);
  if (version && (version[0] < oldestPython[0] || (version[0] === oldestPython[0] && version[1] < oldestPython[1]))) {
    throw new StackError('python-too-old', `python3 is version ${version.join('.')}: ${advice}`, { version });
  }
  return 'python3';
}

async function installPackages(directory: string): Promise<void> {
  const environment = await runCommand(await findPython(), ['-m', 'venv', directory]);
  if (environment.exitCode !== 0) {
    const message = `python3 -m venv failed (Debian, Ubuntu: apt install python3-venv). It said:\n${lastLines(environment.output)}`;
    throw new StackError('virtual-environment-failed', message, { output: environment.output });
  }
  const pip = await runCommand(secantusPython(directory), [
    ...['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'],
    ...['-r', requirements],
  ]);
  if (pip.exitCode !== 0) {
    const advice = 'Check the network and run the same command again, or set MONGO_URL to a MongoDB replica set.';
    const message = `installing SecantusDB ${secantusVersion} failed. ${advice} pip said:\n${lastLines(pip.output)}`;
    throw new StackError('download-failed', message, { output: pip.output });
  }
}

/** Run through the interpreter: the generated scripts name it by absolute path, which breaks with long paths. */
export const secantusPython = (directory: string): string => join(directory, 'bin', 'python');

export function secantusInstallation(artifacts: string, onProgress: (line: string) => void): Installation {
  const directory = join(artifacts, `secantusdb-${secantusVersion}`);
  return {
    directory,
    key: installationKey(readFileSync(requirements, 'utf8'), process.platform, process.arch),
    requiredFile: secantusPython(directory),
    install: async () => {
      onProgress(`installing SecantusDB ${secantusVersion} into a virtual environment of its own …`);
      await installPackages(directory);
      onProgress(`SecantusDB ${secantusVersion} is installed`);
    },
  };
}
