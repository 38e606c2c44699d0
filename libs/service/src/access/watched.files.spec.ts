import { mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLogger } from '@perennial/messaging';
import { WatchedFiles } from './watched.files';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'watched-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const number = ([content]: readonly Buffer[]) => {
  const value = Number(String(content));
  if (Number.isNaN(value)) throw new Error('must be a number');
  return value;
};

it('goes on with what it has while the new content cannot be used', () => {
  const file = join(folder, 'n');
  writeFileSync(file, '1');
  const watched = new WatchedFiles([file], number, silentLogger as never);
  expect([watched.look(), watched.current()]).toEqual([false, 1]);
  writeFileSync(file, 'x');
  expect([watched.look(), watched.current()]).toEqual([false, 1]);
  rmSync(file);
  expect([watched.look(), watched.current()]).toEqual([false, 1]);
  writeFileSync(file, '2');
  expect([watched.look(), watched.current()]).toEqual([true, 2]);
});

it('sees what a mounted Secret does: a link that leads elsewhere', () => {
  for (const [name, content] of [
    ['a', '1'],
    ['b', '2'],
  ] as const)
    writeFileSync(join(folder, name), content);
  const link = join(folder, 'current');
  symlinkSync('a', link);
  const watched = new WatchedFiles([link], number, silentLogger as never);
  symlinkSync('b', `${link}.new`);
  renameSync(`${link}.new`, link);
  expect([watched.look(), watched.current()]).toEqual([true, 2]);
});

it('refuses to begin with what cannot be used', () => {
  const file = join(folder, 'n');
  writeFileSync(file, 'x');
  expect(() => new WatchedFiles([file], number, silentLogger as never)).toThrow('must be a number');
});
