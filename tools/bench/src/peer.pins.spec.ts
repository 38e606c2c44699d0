import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingPackages, parsePins } from '@perennial/python-environment';
import { benchmarksNamed } from './benchmarks';
import { bentoMl, fastApiOnnx, fastApiTorch, mlServer, triton } from './serving/peer.servers';

const benchmarks = benchmarksNamed([]).map(({ name, peer }) => ({ name, requirements: 'requirements.txt', ...peer }));

it.each([...benchmarks, fastApiTorch, fastApiOnnx, triton, mlServer, bentoMl])(
  'has a pin for everything that $name needs',
  ({ packages, requirements }) => {
    const pins = parsePins(readFileSync(join(__dirname, '../peers', requirements), 'utf8'));
    expect(() => missingPackages(packages, pins, {})).not.toThrow();
  },
);
