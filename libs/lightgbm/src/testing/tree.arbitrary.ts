import * as fc from 'fast-check';
import type { BoosterModel, TreeNode } from '../tree.model';

export const CARDINALITIES = [70, 3];
const NUMERIC = 2;
export const FEATURES = CARDINALITIES.length + NUMERIC;

// No −0, which a text does not keep.
const number = fc.double({ min: -10, max: 10, noNaN: true }).map((value) => value + 0);
const codesOf = (cardinality: number) =>
  fc
    .uniqueArray(fc.nat({ max: cardinality - 1 }), { maxLength: cardinality })
    .map((codes) => codes.sort((a, b) => a - b));

const treeOf = (depth: number): fc.Arbitrary<TreeNode> => {
  const leaf = fc.record({ kind: fc.constant('leaf' as const), value: number });
  if (depth === 0) return leaf;
  const branches = { left: treeOf(depth - 1), right: treeOf(depth - 1) };
  const numeric = fc.record({
    kind: fc.constant('numeric' as const),
    feature: fc.integer({ min: CARDINALITIES.length, max: FEATURES - 1 }),
    threshold: number,
    missing: fc.constantFrom('none' as const, 'nan' as const),
    defaultLeft: fc.boolean(),
    ...branches,
  });
  const categorical = fc.nat({ max: CARDINALITIES.length - 1 }).chain((feature) =>
    fc.record({
      kind: fc.constant('categorical' as const),
      feature: fc.constant(feature),
      codes: codesOf(CARDINALITIES[feature] as number),
      ...branches,
    }),
  );
  return fc.oneof(
    { weight: 1, arbitrary: leaf },
    { weight: 3, arbitrary: numeric },
    { weight: 3, arbitrary: categorical },
  );
};

/** Any trees over two categorical and two numeric features. */
export const boosterModels: fc.Arbitrary<BoosterModel> = fc.record({
  features: fc.constant(FEATURES),
  sigmoid: fc.double({ min: 0.1, max: 3, noNaN: true }),
  trees: fc.array(treeOf(3), { minLength: 1, maxLength: 4 }),
});

/** A row that the trees can be asked about; numbers are float32, some of them missing. */
export const featureRows: fc.Arbitrary<number[]> = fc
  .tuple(
    ...CARDINALITIES.map((cardinality) => fc.nat({ max: cardinality - 1 })),
    ...Array.from({ length: NUMERIC }, () => fc.oneof(fc.float({ min: -10, max: 10, noNaN: true }), fc.constant(NaN))),
  )
  .map((row) => row as number[]);
