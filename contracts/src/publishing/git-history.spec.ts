import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { committedFiles } from './git-history';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'perennial-history-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

const identity = ['-c', 'user.name=probe', '-c', 'user.email=probe@example.org', '-c', 'commit.gpgsign=false'];
const git = (cwd: string, ...args: string[]) => execFileSync('git', [...identity, ...args], { cwd, stdio: 'pipe' });

function repository(): string {
  const root = join(directory, 'origin');
  mkdirSync(join(root, 'published'), { recursive: true });
  git(root, 'init', '--quiet', '--initial-branch=main');
  return root;
}

function commit(root: string, text: string): void {
  writeFileSync(join(root, 'published/a.schema.json'), text);
  git(root, 'add', '.');
  git(root, 'commit', '--quiet', '-m', text);
}

const texts = (root: string, options = {}) => committedFiles(root, 'published', options).map(({ text }) => text);

test('every committed version is found, with a name relative to the folder', () => {
  const root = repository();
  commit(root, 'one');
  commit(root, 'two');
  expect(texts(root).sort()).toEqual(['one', 'two']);
  expect(committedFiles(root, 'published')[0]?.name).toBe('a.schema.json');
});

test('a deleted folder does not hide what was published', () => {
  const root = repository();
  commit(root, 'one');
  git(root, 'rm', '-rq', 'published');
  git(root, 'commit', '-qm', 'gone');
  expect(texts(root)).toEqual(['one']);
});

test('both sides of a merge count', () => {
  const root = repository();
  commit(root, 'base');
  git(root, 'switch', '-qc', 'side');
  commit(root, 'side');
  git(root, 'switch', '-q', 'main');
  commit(root, 'main');
  git(root, 'merge', '-q', '-s', 'ours', 'side', '-m', 'merge');
  expect(texts(root).sort()).toEqual(['base', 'main', 'side']);
});

test('what origin/main has counts, though HEAD does not reach it', () => {
  const root = repository();
  commit(root, 'one');
  const clone = join(directory, 'clone');
  git(directory, 'clone', '-q', root, clone);
  commit(root, 'two');
  git(clone, 'fetch', '-q');
  expect(texts(clone).sort()).toEqual(['one', 'two']);
});

test('a repository without commits has no history', () => expect(texts(repository())).toEqual([]));

test('a shallow clone is refused with what to do, unless it is allowed', () => {
  const root = repository();
  commit(root, 'one');
  commit(root, 'two');
  const clone = join(directory, 'clone');
  git(directory, 'clone', '-q', '--depth=1', `file://${root}`, clone);
  expect(() => texts(clone)).toThrow(expect.objectContaining({ code: 'SHALLOW_CLONE' }));
  expect(() => texts(clone)).toThrow('git fetch --unshallow');
  expect(texts(clone, { allowShallow: true })).toEqual(['two']);
});

test('outside a repository the reason is named', () => {
  expect(() => texts(directory)).toThrow(expect.objectContaining({ code: 'NOT_A_REPOSITORY' }));
});
