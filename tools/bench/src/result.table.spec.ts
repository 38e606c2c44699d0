import type { BenchResult } from './bench.result';
import { resultTable } from './result.table';

const result = (name: string, change: Partial<BenchResult> = {}): BenchResult => ({
  name,
  unit: 'ms',
  ours: { min: 0.1234, median: 0.2 },
  peer: { name: 'a peer', min: 12.3, median: 1234 },
  ratio: 6170,
  rounds: 5,
  date: '',
  machine: { cpu: '', cores: 1, memoryGiB: 1, platform: '', loadAverage: 0 },
  versions: {},
  ...change,
});

it('aligns columns and says what the ratio means', () => {
  const lines = resultTable([result('short'), result('a longer name', { unit: 'ms/call', ratio: 0.5 })]).split('\n');
  expect(lines).toEqual([
    'ratio = peer ÷ ours, of the medians: above 1 ours is faster',
    '               unit     ours min  median  peer min  median     ratio  peer',
    '────────────────────────────────────────────────────────────────────────────',
    'short          ms         0.1234  0.2000     12.30    1234  6170.00×  a peer',
    'a longer name  ms/call    0.1234  0.2000     12.30    1234     0.50×  a peer',
  ]);
});
