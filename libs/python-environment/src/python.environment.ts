import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { missingPackages, parsePins } from './requirement.pins';

const MINUTE = 60_000;
const LIST_INSTALLED =
  'import json, importlib.metadata as m; print(json.dumps({d.metadata["Name"]: d.version for d in m.distributions()}))';

export interface PythonEnvironment {
  readonly directory: string;
  readonly requirements: string;
}

/** The message says what to do by hand. */
export class PythonPackagesError extends Error {
  override readonly name = 'PythonPackagesError';
  readonly code = 'PYTHON_PACKAGES_MISSING';
  readonly retryable = false;

  constructor(
    message: string,
    readonly details: { readonly packages: readonly string[] },
  ) {
    super(message);
  }
}

/**
 * Installs the pinned packages into the virtual environment unless they are there; gives its interpreter. Throws
 * PythonPackagesError.
 */
export async function ensurePackages(
  { directory, requirements }: PythonEnvironment,
  packages: readonly string[],
  onProgress: (line: string) => void,
): Promise<string> {
  const python = join(directory, 'bin', 'python');
  const pins = parsePins(readFileSync(requirements, 'utf8'));
  const missing = async () => missingPackages(packages, pins, await installedPackages(python));
  const wanted = await missing();
  if (wanted.length === 0) return python;
  onProgress(`installing ${wanted.join(', ')} into ${directory} …`);
  const create = ['-m', 'venv', directory];
  // The requirements are constraints too: packages that come along get the listed versions.
  const names = wanted.map((pin) => pin.split('==')[0] as string);
  const install = ['-m', 'pip', 'install', '--quiet', '--no-input', '--disable-pip-version-check'];
  const arguments_ = [...install, '-c', requirements, ...names];
  mkdirSync(dirname(directory), { recursive: true });
  const commands = [
    ['python3', create, 5 * MINUTE],
    [python, arguments_, 60 * MINUTE],
  ] as const;
  for (const [command, args, limitMs] of commands) {
    const { ok, output } = await run(command, args, limitMs);
    if (!ok) throw notInstalled(wanted, [`python3 ${create.join(' ')}`, `${python} ${arguments_.join(' ')}`], output);
  }
  const still = await missing();
  if (still.length > 0) throw notInstalled(still, [`${python} ${arguments_.join(' ')}`], '');
  return python;
}

function notInstalled(packages: readonly string[], commands: readonly string[], output: string): PythonPackagesError {
  const message = [
    `${packages.join(', ')} could not be installed. They need Python 3.11 or later with its venv`,
    'module, and a network or wheels that pip finds. By hand:',
    ...commands.map((command) => `  ${command}`),
    ...(output === '' ? [] : ['The last words were:', output]),
  ].join('\n');
  return new PythonPackagesError(message, { packages });
}

async function installedPackages(python: string): Promise<Record<string, string>> {
  const { ok, output } = await run(python, ['-c', LIST_INSTALLED], MINUTE);
  return ok ? (JSON.parse(output) as Record<string, string>) : {};
}

const KEPT_OUTPUT = 100_000;

function run(command: string, args: readonly string[], timeout: number): Promise<{ ok: boolean; output: string }> {
  return new Promise((fulfil) => {
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout, killSignal: 'SIGKILL' });
    let output = '';
    const collect = (chunk: Buffer) => (output = (output + chunk.toString()).slice(-KEPT_OUTPUT));
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error) => fulfil({ ok: false, output: error.message }));
    child.once('close', (code) => fulfil({ ok: code === 0, output: output.trim() }));
  });
}
