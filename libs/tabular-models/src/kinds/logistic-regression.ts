import * as op from '@perennial/onnx-graph';
import type { ModelFeatures } from '../features';
import { embedding } from '../layers';
import { CLASSES, type ModelKind } from '../model.kind';

export interface LogisticRegressionSizes {
  readonly kind: 'logistic-regression';
}

export type LogisticRegressionConfig = LogisticRegressionSizes & ModelFeatures;

const zero = { kind: 'constant', value: 0 } as const;

/** A weight for each number and for each code of each categorical feature, and a bias; all of them begin at 0. */
export const logisticRegression: ModelKind<LogisticRegressionConfig> = {
  rules: {},
  representation: null,
  logits(build, config, { categorical, numeric }) {
    const { graph: g } = build;
    const bias = build.parameter('bias', [CLASSES], { initialisation: zero });
    const coded = (codes: op.Value) =>
      op.reduceSum(g, embedding(build, codes, config, { name: 'codes', width: CLASSES, initialisation: zero }), [1]);
    const weighed = (x: op.Value) => {
      const shape = [CLASSES, config.numeric.length];
      const weight = build.parameter('numbers.weight', shape, { initialisation: zero, decays: true });
      return op.gemm(g, x, weight, undefined, { transB: true });
    };
    const terms = [...(categorical ? [coded(categorical)] : []), ...(numeric ? [weighed(numeric)] : [])];
    return terms.reduce((sum, term) => op.add(g, sum, term), bias);
  },
};
