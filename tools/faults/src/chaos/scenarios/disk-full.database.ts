import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import { processDirectory, runningProcess } from '@perennial/local-stack';
import { MongoClient } from 'mongodb';

const run = promisify(execFile);

/** Less than a journal takes that has been written to for a while: the next write fails, as on a full disk. */
const fileLimitBytes = 1_000_000;

/** Bounds the size of files that the database of a home may write. It can be taken back. @throws Error without prlimit */
export async function limitFiles(home: string, limit: 'none' | 'full'): Promise<void> {
  const pid = runningProcess(processDirectory(home), 'mongo')?.pid;
  if (pid === undefined) throw new Error(`no database runs under ${home}`);
  const bytes = limit === 'full' ? String(fileLimitBytes) : 'unlimited';
  try {
    // The soft limit only, which its owner may raise again.
    await run('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    throw new Error('a full disk is made by prlimit (util-linux), which is not here', { cause });
  }
}

/** What the database says once it has no room: a journal that is new has room for a write or two. Null: it took them all. */
export async function fillUp(url: string): Promise<{ error: string | null }> {
  for (let written = 0; written <= 3 * fileLimitBytes; written += fileLimitBytes) {
    const { error } = await tryWrite(url, fileLimitBytes);
    if (error !== null) return { error };
  }
  return { error: null };
}

/** Whether the database takes a write that is journaled; what it says when it does not. */
export async function tryWrite(url: string, bytes = 10_000): Promise<{ error: string | null }> {
  const client = new MongoClient(url, { serverSelectionTimeoutMS: 3_000, socketTimeoutMS: 10_000 });
  try {
    const options = { writeConcern: { w: 'majority' as const, j: true } };
    await client
      .db('room')
      .collection('tries')
      .insertOne({ noise: randomBytes(bytes) }, options);
    return { error: null };
  } catch (error) {
    return { error: (error as Error).message };
  } finally {
    await client.close();
  }
}
