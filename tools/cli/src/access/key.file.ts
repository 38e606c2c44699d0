import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { emptyKeys, type KeyDocument, KeyDocumentError, parseKeys } from '@perennial/access';
import type { CommandContext } from '../command.context';
import { badInput } from '../command.error';

/** The file named by the option, else by ACCESS_KEYS_FILE, else the one in the home. */
export const keyFileOf = ({ cwd, env, stack }: CommandContext, named: string | undefined): string =>
  named === undefined && !env.ACCESS_KEYS_FILE
    ? join(stack.home, 'access', 'keys.json')
    : resolve(cwd, named ?? (env.ACCESS_KEYS_FILE as string));

/** No keys where there is no file. @throws CommandError when the file cannot be used */
export function readKeys(file: string): KeyDocument {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return emptyKeys;
    throw error;
  }
  return explained(file, () => parseKeys(text));
}

/** Replaces the file as a whole, so that a service that reads it meanwhile sees the old or the new one. */
export function writeKeys(file: string, document: KeyDocument): void {
  mkdirSync(dirname(file), { recursive: true });
  const next = `${file}.${process.pid}.next`;
  writeFileSync(next, `${JSON.stringify(document, null, 2)}\n`, { mode: 0o600 });
  renameSync(next, file);
}

/** @throws CommandError in place of what the rules of keys throw */
export function explained<T>(what: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof KeyDocumentError)) throw error;
    const problems = error.problems.map(({ field, rule }) => `${field}: ${rule}`);
    throw badInput(`${what}: ${problems.join('; ')}`, { code: error.code, details: { problems: error.problems } });
  }
}
