import { randomUUID } from 'node:crypto';
import { type FileHandle, open, unlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';

const READ_BYTES = 256 * 1024;

/**
 * An empty file without a name: its room is free again when it is closed or the process ends, however it ends, so there
 * is nothing to clean up at the next start.
 */
export async function openScratchFile(directory = tmpdir()): Promise<FileHandle> {
  const path = join(directory, `perennial-scratch-${randomUUID()}`);
  const file = await open(path, 'wx+', 0o600);
  try {
    await unlink(path);
    return file;
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Lends a scratch file and closes it. */
export async function withScratchFile<T>(work: (file: FileHandle) => Promise<T>): Promise<T> {
  const file = await openScratchFile();
  try {
    return await work(file);
  } finally {
    await file.close();
  }
}

/** The whole file, whoever else reads it; fails with EBADF once it is closed. */
export function streamOf(file: FileHandle): Readable {
  return Readable.from(chunksOf(file), { objectMode: false });
}

async function* chunksOf(file: FileHandle): AsyncGenerator<Uint8Array> {
  for (let position = 0; ;) {
    // Not one buffer for all: what was given on may still be unread.
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.allocUnsafe(READ_BYTES), position });
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
    position += bytesRead;
  }
}
