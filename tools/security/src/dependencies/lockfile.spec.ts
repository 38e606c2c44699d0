import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Lockfile, lockfileProblems, looseVersions, type Manifest } from './lockfile.rules';

const repository = resolve(__dirname, '../../../..');
const read = <T>(file: string) => JSON.parse(readFileSync(join(repository, file), 'utf8')) as T;

/** Of a workspace pattern, `name` or `name/*`. */
const foldersOf = (pattern: string): string[] =>
  (pattern.endsWith('/*')
    ? readdirSync(join(repository, dirname(pattern))).map((name) => `${dirname(pattern)}/${name}`)
    : [pattern]
  ).filter((folder) => existsSync(join(repository, folder, 'package.json')));

const good = { version: '1.0.0', integrity: 'sha512-x', license: 'MIT' };
const lockfileOf = (name: string, locked: object): Lockfile => ({
  packages: { '': {}, [`node_modules/${name}`]: { ...good, ...locked } },
});

describe('what is installed', () => {
  it('is from the registry, intact, maintained, under a known licence, and runs no unknown script', () => {
    expect(lockfileProblems(read<Lockfile>('package-lock.json'))).toEqual([]);
  });

  it('is what the manifests name, to the version', () => {
    const { workspaces } = read<{ workspaces: string[] }>('package.json');
    const files = ['.', ...workspaces.flatMap(foldersOf)].map((folder) => `${folder}/package.json`);
    expect(files.length).toBeGreaterThan(30);
    expect(looseVersions(files.map((file) => ({ file, ...read<Omit<Manifest, 'file'>>(file) })))).toEqual([]);
  });
});

describe('the rules', () => {
  it.each<[string, string, object, RegExp]>([
    ['another source', 'a', { resolved: 'git+ssh://host/a.git#1' }, /comes from git/],
    ['plain HTTP', 'a', { resolved: 'http://host/a.tgz' }, /comes from http:/],
    ['no digest', 'a', { integrity: undefined }, /no SHA-512/],
    ['a weak digest', 'a', { integrity: 'sha1-x' }, /no SHA-512/],
    ['a script', 'a', { hasInstallScript: true }, /runs a script/],
    ['a deprecated package', 'a', { deprecated: 'use b' }, /deprecated: use b/],
    ['a licence nobody allowed', 'a', { license: 'SSPL-1.0' }, /licence SSPL/],
    ['no licence', 'a', { license: undefined }, /none named/],
    ['an attacker’s version', 'chalk', { version: '5.6.1' }, /by an attacker/],
  ])('report %s', (_, name, locked, problem) => {
    expect(lockfileProblems(lockfileOf(name, {}))).toEqual([]);
    expect(lockfileProblems(lockfileOf(name, locked))).toEqual([expect.stringMatching(problem)]);
  });

  it('report a version that is a range', () => {
    expect(looseVersions([{ file: 'f', dependencies: { a: '^1.0.0', b: '1.0.0' } }])).toEqual(['f: a is ^1.0.0']);
  });
});
