import { execFileSync } from 'node:child_process';
import type { CommittedFile } from './frozen';

const MAIN = 'origin/main';

/** Why the history cannot be read in full. */
export class HistoryUnavailable extends Error {
  constructor(
    readonly code: 'NOT_A_REPOSITORY' | 'SHALLOW_CLONE',
    message: string,
  ) {
    super(message);
  }
}

function git(directory: string, args: string[], input?: string): string {
  return execFileSync('git', args, {
    cwd: directory,
    input,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

function succeeds(directory: string, args: string[]): boolean {
  try {
    git(directory, args);
    return true;
  } catch {
    return false;
  }
}

/**
 * Every version of every file in `directory`/`folder` that a commit reachable from HEAD or origin/main has, merges
 * included; names are relative to the folder, which need not exist any more.
 * Throws HistoryUnavailable outside a repository, and for a shallow clone unless `allowShallow`.
 */
export function committedFiles(directory: string, folder: string, { allowShallow = false } = {}): CommittedFile[] {
  if (!succeeds(directory, ['rev-parse', '--is-inside-work-tree'])) {
    throw new HistoryUnavailable(
      'NOT_A_REPOSITORY',
      `${directory} is not in a git working tree: no history to compare`,
    );
  }
  if (!allowShallow && git(directory, ['rev-parse', '--is-shallow-repository']).trim() === 'true') {
    throw new HistoryUnavailable(
      'SHALLOW_CLONE',
      'the clone is shallow, earlier published versions cannot be compared: run git fetch --unshallow',
    );
  }
  const tips = ['HEAD', MAIN].filter((tip) => succeeds(directory, ['rev-parse', '--verify', '--quiet', tip]));
  return tips.length ? readBlobs(directory, changedBlobs(directory, folder, tips)) : [];
}

interface Blob {
  name: string;
  commit: string;
  id: string;
}

/** The blobs that some commit introduced, each once. */
function changedBlobs(directory: string, folder: string, tips: string[]): Blob[] {
  const format = ['--format=commit %H', '--raw', '--no-abbrev', '--no-renames', '--relative'];
  const log = git(directory, [
    '-c',
    'log.showRoot=true',
    'log',
    '-m',
    '--full-history',
    ...format,
    ...tips,
    '--',
    folder,
  ]);
  const blobs = new Map<string, Blob>();
  let commit = '';
  for (const line of log.split('\n')) {
    if (line.startsWith('commit ')) commit = line.slice('commit '.length);
    const change = /^:\d+ \d+ [0-9a-f]+ ([0-9a-f]+) \w+\t(.+)$/.exec(line);
    const [, id, name] = change ?? [];
    if (id && name && !/^0+$/.test(id)) {
      blobs.set(`${id} ${name}`, { name: name.slice(folder.length + 1), commit, id });
    }
  }
  return [...blobs.values()];
}

const readBlobs = (directory: string, blobs: Blob[]): CommittedFile[] =>
  blobs.map(({ name, commit, id }) => ({ name, commit, text: git(directory, ['cat-file', 'blob', id]) }));
