import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

let sequence = 0;

/** Readers see the old content or the new one, never a part. */
export function writeAtomically(path: string, content: string): void {
  mkdirSync(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.${(sequence += 1)}.tmp`;
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}
