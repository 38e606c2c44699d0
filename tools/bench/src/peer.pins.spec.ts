import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingPackages, parsePins } from '@perennial/python-environment';
import { benchmarksNamed } from './benchmarks';

it('has a pin for everything that a benchmark needs', () => {
  const pins = parsePins(readFileSync(join(__dirname, '../peers/requirements.txt'), 'utf8'));
  for (const { peer } of benchmarksNamed([])) expect(() => missingPackages(peer.packages, pins, {})).not.toThrow();
});
