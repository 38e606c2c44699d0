import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { float32, Graph, serialiseModel } from '@perennial/onnx-graph';
import { loadModel } from '@perennial/onnx-graph/testing';
import { adamRates, adamStep } from './adam.graph';
import { largestDifference, unit } from './testing/golden.model';

const { adam } = JSON.parse(readFileSync(join(__dirname, '../golden/golden.json'), 'utf8')) as { adam: number[][] };

it('follows torch.optim.Adam in float64 over five steps', async () => {
  const g = new Graph('adam');
  const vector = (name: string) => g.input(name, 'float32', [8]);
  const state = { parameters: vector('parameters'), m: vector('m'), v: vector('v') };
  const next = adamStep(g, state, vector('gradient'), g.input('rates', 'float32', [2]));
  g.output('p', next.parameters);
  g.output('m_out', next.m);
  g.output('v_out', next.v);
  const run = await loadModel(serialiseModel(g));
  let [p, m, v] = [Array.from(unit(8, 5), (x) => x - 0.5), new Array<number>(8).fill(0), new Array<number>(8).fill(0)];
  for (const [t, expected] of adam.entries()) {
    const gradient = float32(unit(8, 6 + t).map((x) => (x - 0.5) * 10 ** (t - 2)));
    const feeds = {
      parameters: float32(p),
      m: float32(m),
      v: float32(v),
      gradient,
      rates: float32(adamRates(0.01, t + 1)),
    };
    const out = await run(feeds);
    [p, m, v] = [out['p']!, out['m_out']!, out['v_out']!];
    expect(largestDifference(p, expected)).toBeLessThan(5e-7);
  }
});
