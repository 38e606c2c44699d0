import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Files } from './artifacts';

export const contractsDirectory = resolve(__dirname, '../..');
export const PUBLISHED = 'published';
export const publishedDirectory = join(contractsDirectory, PUBLISHED);
export const fixturesDirectory = join(contractsDirectory, 'fixtures');

export function readFiles(directory: string): Files {
  if (!existsSync(directory)) return new Map();
  return new Map(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]));
}

/** Writes what differs and returns the names written. Deletes nothing. */
export function writeFiles(directory: string, files: Files): string[] {
  mkdirSync(directory, { recursive: true });
  const present = readFiles(directory);
  const changed = [...files].filter(([name, text]) => present.get(name) !== text);
  for (const [name, text] of changed) writeFileSync(join(directory, name), text);
  return changed.map(([name]) => name);
}
