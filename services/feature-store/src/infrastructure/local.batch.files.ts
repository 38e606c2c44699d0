import { randomUUID } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { FileReference } from '@perennial/contracts';
import type { ObjectStore } from '@perennial/object-store';
import type { BatchFiles } from '../application/ports';

/** One file per digest under `batches/`; a copy of what the object store holds, so it may be deleted at any time. */
export class LocalBatchFiles implements BatchFiles {
  private readonly fetching = new Map<string, Promise<void>>();

  constructor(
    private readonly directory: string,
    private readonly store: ObjectStore,
  ) {}

  async prepare(): Promise<void> {
    await mkdir(this.folder('batches'), { recursive: true });
    // Left by a crash.
    await rm(this.folder('scratch'), { recursive: true, force: true });
    await mkdir(this.folder('scratch'), { recursive: true });
  }

  folder(name: 'batches' | 'scratch' | 'online'): string {
    return join(this.directory, name);
  }

  async ensure(reference: FileReference): Promise<string> {
    const path = join(this.folder('batches'), `${reference.digest.replace('sha256:', '')}.parquet`);
    if (await hasSize(path, reference.bytes)) return path;
    const running = this.fetching.get(path) ?? this.fetch(reference, path);
    this.fetching.set(path, running);
    try {
      await running;
    } finally {
      this.fetching.delete(path);
    }
    return path;
  }

  async scratch(): Promise<string> {
    await mkdir(this.folder('scratch'), { recursive: true });
    return join(this.folder('scratch'), `${randomUUID()}.parquet`);
  }

  /** The store checks the digest; the rename makes the file appear whole. */
  private async fetch(reference: FileReference, path: string): Promise<void> {
    await mkdir(this.folder('batches'), { recursive: true });
    const partial = `${path}.${randomUUID()}.partial`;
    try {
      await pipeline(this.store.stream(reference), createWriteStream(partial));
      await rename(partial, path);
    } finally {
      await rm(partial, { force: true });
    }
  }
}

async function hasSize(path: string, bytes: number): Promise<boolean> {
  try {
    return (await stat(path)).size === bytes;
  } catch {
    return false;
  }
}
