import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { benchConfig } from './bench.config';
import { benchmarksNamed } from './benchmarks';
import { loadPrograms } from './load/load.programs';

describe('benchmarksNamed', () => {
  const all = benchmarksNamed([]);

  it('gives all without a name', () => expect(all.length).toBeGreaterThan(1));
  it('gives the named ones', () => expect(benchmarksNamed(['metrics']).map(({ name }) => name)).toEqual(['metrics']));
  it('lists what there is when a name is unknown', () =>
    expect(() => benchmarksNamed(['metrics', 'nothing'])).toThrow(
      `no benchmark is called nothing; there are ${all.map(({ name }) => name).join(', ')}`,
    ));
  it('has five rounds or more and a script for each peer', () => {
    const { peers } = benchConfig([], {});
    for (const { peer, rounds } of all) {
      expect(rounds).toBeGreaterThanOrEqual(5);
      expect(existsSync(join(peers, peer.script))).toBe(true);
    }
  });
});

describe('benchConfig', () => {
  it('takes names from ONLY', () => expect(benchConfig([], { ONLY: 'a, b' }).only).toEqual(['a', 'b']));
  it('prefers arguments', () => expect(benchConfig(['c'], { ONLY: 'a' }).only).toEqual(['c']));
  it('runs all when ONLY is empty', () => expect(benchConfig([], { ONLY: '' }).only).toEqual([]));
});

it('are all in the README, once', () => {
  const readme = readFileSync(join(__dirname, '../README.md'), 'utf8');
  const named = [...readme.matchAll(/^\| ([a-z-]+) +\|/gm)].map(([, name]) => name).filter((name) => name !== 'name');
  const all = [...benchmarksNamed([]), ...loadPrograms].map(({ name }) => name);
  expect(named.filter((name) => all.includes(name!)).sort()).toEqual(all.sort());
});
