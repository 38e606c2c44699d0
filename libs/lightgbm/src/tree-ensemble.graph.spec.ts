import { type ConstantTensor, float32, Graph, int64, serialiseModel } from '@perennial/onnx-graph';
import { loadModel } from '@perennial/onnx-graph/testing';
import * as fc from 'fast-check';
import { parseBooster } from './booster.model';
import { goldenCardinalities, goldenProbability, goldenRows, goldenText } from './testing/golden.predictions';
import { boosterModels, CARDINALITIES, featureRows } from './testing/tree.arbitrary';
import { probabilityOf } from './testing/tree.evaluate';
import { ensembleProbability } from './tree-ensemble.graph';
import type { BoosterModel, TreeNode } from './tree.model';

// PROPERTY_RUNS asks for as many cases as it likes.
jest.setTimeout(600_000);

const NUMERIC = { golden: 3, arbitrary: 2 };

async function scored(model: BoosterModel, cardinalities: number[], numeric: number, rows: readonly number[][]) {
  const g = new Graph('trees');
  const codes = g.input('categorical', 'int64', ['batch', cardinalities.length]);
  const numbers = g.input('numeric', 'float32', ['batch', numeric]);
  g.output('probability', ensembleProbability(g, model, { categorical: codes, numeric: numbers }, cardinalities));
  const run = await loadModel(serialiseModel(g));
  const width = cardinalities.length;
  const feeds: Record<string, ConstantTensor> = {
    categorical: int64(
      rows.flatMap((row) => row.slice(0, width)),
      [rows.length, width],
    ),
    numeric: float32(
      rows.flatMap((row) => row.slice(width)),
      [rows.length, numeric],
    ),
  };
  return (await run(feeds))['probability'] as number[];
}

it('scores as LightGBM does: missing numbers, every category', async () => {
  const probabilities = await scored(parseBooster(goldenText), goldenCardinalities, NUMERIC.golden, goldenRows);
  probabilities.forEach((p, row) => expect(Math.abs(p - (goldenProbability[row] as number))).toBeLessThan(1e-6));
  expect(new Set(probabilities).size).toBeGreaterThan(150);
});

it('scores as the trees say, whatever they are', async () => {
  const rows = fc.array(featureRows, { minLength: 1, maxLength: 30 });
  await fc.assert(
    fc.asyncProperty(boosterModels, rows, async (model, given) => {
      const probabilities = await scored(model, CARDINALITIES, NUMERIC.arbitrary, given);
      given.forEach((row, index) => {
        expect(Math.abs((probabilities[index] as number) - probabilityOf(model, row))).toBeLessThan(1e-6);
      });
    }),
  );
});

describe('at a threshold', () => {
  const leaf = (value: number): TreeNode => ({ kind: 'leaf', value });
  const split = (threshold: number, missing: 'none' | 'zero' | 'nan' = 'none'): BoosterModel => ({
    features: 3,
    sigmoid: 1,
    trees: [{ kind: 'numeric', feature: 2, threshold, missing, defaultLeft: true, left: leaf(-3), right: leaf(3) }],
  });
  const sides = async (threshold: number, values: number[]) => {
    const rows = values.map((value) => [0, 0, value, 0]);
    return (await scored(split(threshold), CARDINALITIES, 2, rows)).map((p) => (p < 0.5 ? 'left' : 'right'));
  };

  it('no rounding changes a decision', async () => {
    const x = Math.fround(0.1); // 0.100000001490116…
    expect(await sides(0.1, [x])).toEqual(['right']);
    expect(await sides(x, [x])).toEqual(['left']);
    expect(await sides(x - 2 ** -50, [x])).toEqual(['right']);
    expect(await sides(-1e-300, [0, -0, -1e-38])).toEqual(['right', 'right', 'left']);
  });

  it('refuses zero as a missing value', () => {
    const g = new Graph('trees');
    const numeric = g.input('numeric', 'float32', ['batch', 3]);
    expect(() => ensembleProbability(g, split(0, 'zero'), { numeric }, [])).toThrow(/zero as a missing value/);
  });
});
