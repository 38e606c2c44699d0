import { checkLightGbmConfig, type LightGbmConfig } from '@perennial/lightgbm';
import { parsePipeline } from '@perennial/pipeline';
import fc from 'fast-check';
import { estimatorConfig } from './estimator.config';
import { shapes, trees } from './testing/shape.models';

const yaml = (model: string) => `apiVersion: perennial/v1
kind: Pipeline
name: shapes
dataset:
  recordId: id
  target: { column: label, positive: 1 }
  columns: [{ name: id, type: string }, { name: x, type: number }, { name: label, type: integer }]
reference: { day: 2026-01-01 }
model: ${model}
`;
const kinds = ['tab-transformer', 'ft-transformer', 'mlp', 'logistic-regression', 'lightgbm'];

it.each(kinds)('takes what pipeline.yaml gives a %s', (kind) => {
  const { ok } = parsePipeline(yaml(`{ kind: ${kind} }`));
  expect(estimatorConfig(shapes, ok!.model)).toMatchObject({ kind, numeric: ['x', 'y'] });
});

const { kind: _kind, categorical: _categorical, numeric: _numeric, categoricalSplits: _splits, ...numbers } = trees;
const parameters = Object.keys(numbers) as (keyof typeof numbers)[];

it('has the rules of pipeline.yaml for every parameter of LightGBM', () => {
  const bounds = [-2, -1, 0, 1, 2, 65_535, 131_072, 2 ** 31 - 1];
  const near = fc.tuple(fc.constantFrom(...bounds), fc.constantFrom(-1, -0.5, -1e-9, 0, 1e-9, 0.5, 1));
  fc.assert(
    fc.property(fc.constantFrom(...parameters), near, (parameter, [bound, step]) => {
      const value = bound + step;
      const { ok } = parsePipeline(yaml(`{ kind: lightgbm, ${parameter}: ${value} }`));
      const check = () => checkLightGbmConfig({ ...trees, [parameter]: value } as LightGbmConfig);
      if (ok) expect(check).not.toThrow();
      else expect(check).toThrow(expect.objectContaining({ details: expect.objectContaining({ field: parameter }) }));
    }),
    { numRuns: 400 },
  );
});
