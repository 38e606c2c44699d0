import { existsSync } from 'node:fs';
import { sep } from 'node:path';

/** The compiled file of a thread's entry beside its caller: in dist, also when the caller runs from source. */
export function compiledEntry(directory: string, entry: string): string {
  const compiled = directory.replace(
    new RegExp(`\\${sep}src(?=\\${sep}|$)(?!.*\\${sep}src(\\${sep}|$))`),
    `${sep}dist`,
  );
  const file = `${compiled}${sep}${entry}`;
  if (existsSync(file)) return file;
  throw new Error(`${file} is missing: build the package first (npx tsc -b)`);
}
