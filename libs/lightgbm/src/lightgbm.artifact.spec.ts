import { metadataOf, runModel } from '@perennial/onnx-graph/testing';
import { artifactSignature } from '@perennial/tabular-models';
import { parseBooster } from './booster.model';
import { buildLightGbmArtifact } from './lightgbm.artifact';
import { lightGbmConfig } from './lightgbm.config';
import { boosterText } from './testing/booster.text';
import { encodedShapes, rawFeeds, rawShapes, shapes } from './testing/shape.rows';
import { probabilityOf } from './testing/tree.evaluate';
import type { BoosterModel } from './tree.model';

const leaf = (value: number) => ({ kind: 'leaf' as const, value });
const model: BoosterModel = {
  features: 5,
  sigmoid: 1,
  trees: [
    { kind: 'categorical', feature: 0, codes: [0, 2], left: leaf(0.7), right: leaf(-0.4) },
    {
      kind: 'numeric',
      feature: 2,
      threshold: 0,
      missing: 'none',
      defaultLeft: false,
      left: { kind: 'categorical', feature: 1, codes: [0], left: leaf(0.25), right: leaf(-1) },
      right: {
        kind: 'numeric',
        feature: 4,
        threshold: 0.5,
        missing: 'nan',
        defaultLeft: true,
        left: leaf(1),
        right: leaf(2),
      },
    },
  ],
};
const request = {
  fitted: shapes,
  modelConfig: lightGbmConfig(shapes),
  modelText: boosterText(model),
  decisionThreshold: 0.31,
  pipelineName: 'shapes',
};

it('gives from raw columns what the trees say of the encoded ones, missing and unknown values included', async () => {
  const raw = rawShapes(500, 1);
  const { categorical, numeric } = encodedShapes(raw);
  const { probability } = await runModel(buildLightGbmArtifact(request), rawFeeds(raw));
  const expected = Array.from({ length: raw.rows }, (_, row) =>
    probabilityOf(model, [...categorical.subarray(2 * row, 2 * row + 2), ...numeric.subarray(3 * row, 3 * row + 3)]),
  );
  probability!.forEach((p, row) => expect(Math.abs(p - (expected[row] as number))).toBeLessThan(1e-6));
  expect(new Set(probability).size).toBe(8);
});

it('carries threshold, pipeline and signature as every other kind does, and is the same bytes each time', () => {
  const metadata = metadataOf(buildLightGbmArtifact(request));
  expect(metadata).toEqual({
    'perennial.decision_threshold': '0.31',
    'perennial.pipeline': 'shapes',
    'perennial.signature': JSON.stringify(artifactSignature(shapes)),
  });
  expect(buildLightGbmArtifact(request)).toEqual(buildLightGbmArtifact(request));
});

it('refuses trees of other features and preprocessing of another model', () => {
  const text = boosterText({ ...model, features: 6 });
  expect(() => buildLightGbmArtifact({ ...request, modelText: text })).toThrow(/trees have 6 features, the model 5/);
  const [colour, shape] = shapes.categorical;
  const fitted = { ...shapes, categorical: [{ ...colour!, vocabulary: ['green', 'red', 'blue'] }, shape!] };
  expect(() => buildLightGbmArtifact({ ...request, fitted })).toThrow(/not the one the model/);
});

it('reads a split on a feature that does not exist as a damaged text', () => {
  const text = boosterText(model).replace('split_feature=0', 'split_feature=5');
  expect(() => parseBooster(text)).toThrow(/tree 0 split_feature is 5: must be below 5/);
});
