import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serviceNames } from '@perennial/contracts';
import { placesOf } from '../chaos/scenarios/failpoints.scenario';
import { arm, disarm, hasFired, mustDie } from './arming';
import { failpoints } from './failpoint.catalogue';
import { placeFailpoints } from './places';
import { preloadedService } from './preloaded.config';
import { wrap } from './wrap';

const root = join(__dirname, '..', '..', '..', '..');

describe('failpoints', () => {
  it('find their places: every method that they stand around is there', () => {
    expect(() => placeFailpoints(() => {})).not.toThrow();
  });

  it('are reported where a method was renamed', () => {
    expect(() => wrap({}, 'publish', {})).toThrow(/no method publish/);
  });

  it('stand before and after, not after a failure', async () => {
    const seen: string[] = [];
    const owner = { work: async (ok: boolean) => (ok ? seen.push('work') : Promise.reject(new Error('no'))) };
    wrap(owner, 'work', { before: () => seen.push('before'), after: () => seen.push('after') });
    await owner.work(true);
    await expect(owner.work(false)).rejects.toThrow('no');
    expect(seen).toEqual(['before', 'work', 'after', 'before']);
  });

  it('are there for every service but those that handle no events', () => {
    const without = serviceNames.filter((service) => placesOf(service).length === 0);
    expect(without).toEqual(['inference']);
    expect(new Set(failpoints.map(({ name }) => name)).size).toBe(failpoints.length);
  });
});

describe('arming', () => {
  let home: string;
  const arming = { service: 'trainer', failpoint: 'commit.after', by: 'p-1' };

  beforeEach(() => (home = mkdtempSync(join(tmpdir(), 'perennial-arming-'))));
  afterEach(() => rmSync(home, { recursive: true }));

  it('kills at the given time, once', () => {
    arm(home, { ...arming, hit: 2 });
    expect(mustDie(home, 'trainer', 'commit.before')).toBe(false);
    expect(mustDie(home, 'deployer', 'commit.after')).toBe(false);
    expect(mustDie(home, 'trainer', 'commit.after')).toBe(false);
    expect(hasFired(home, arming)).toBe(false);
    expect(mustDie(home, 'trainer', 'commit.after')).toBe(true);
    expect(mustDie(home, 'trainer', 'commit.after')).toBe(false);
    expect(hasFired(home, arming)).toBe(true);
  });

  it('can be taken back', () => {
    arm(home, { ...arming, hit: 1 });
    disarm(home, arming);
    expect(mustDie(home, 'trainer', 'commit.after')).toBe(false);
  });

  it('is none where nothing was armed', () => {
    expect(mustDie(home, 'trainer', 'commit.after')).toBe(false);
  });
});

describe('the product', () => {
  const sources = (folder: string): string[] =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|json|sh|ya?ml|tpl)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !/node_modules|\/dist\//.test(path));

  const product = ['contracts', 'libs', 'services', 'deploy', 'tools/cli'];

  it('has no failpoint, and no way to one', () => {
    const found = product
      .flatMap(sources)
      .filter((path) => /failpoint|@perennial\/faults/i.test(readFileSync(path, 'utf8')));
    expect(found).toEqual([]);
  });

  it('is entered by the preload in a process of a service only', () => {
    const environment = { PERENNIAL_HOME: '/home/x' };
    const entered = (...argv: string[]) => preloadedService(['node', ...argv], environment);
    expect(entered('/a/service.child.js', 'plan.json', 'trainer')).toEqual({ home: '/home/x', service: 'trainer' });
    expect(entered('/a/separate.child.js', 'plan.json')).toBeUndefined();
    expect(entered('/a/services/trainer/dist/main.js')).toBeUndefined();
    expect(preloadedService(['node', '/a/service.child.js', 'plan.json', 'trainer'], {})).toBeUndefined();
  });
});
