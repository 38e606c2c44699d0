/** What a missing value (NaN) counts as: `none`: as 0; `zero`: as 0, and 0 counts as missing; `nan`: as missing. */
export type Missing = 'none' | 'zero' | 'nan';

export interface Leaf {
  readonly kind: 'leaf';
  /** Adds to the raw score; the learning rate is in it. */
  readonly value: number;
}

/** Left where the value is ≤ threshold, or missing with `defaultLeft`. */
export interface NumericSplit {
  readonly kind: 'numeric';
  readonly feature: number;
  readonly threshold: number;
  readonly missing: Missing;
  readonly defaultLeft: boolean;
  readonly left: TreeNode;
  readonly right: TreeNode;
}

/** Left where the code is among `codes`; NaN goes right. */
export interface CategoricalSplit {
  readonly kind: 'categorical';
  readonly feature: number;
  /** Ascending. */
  readonly codes: readonly number[];
  readonly left: TreeNode;
  readonly right: TreeNode;
}

export type TreeNode = Leaf | NumericSplit | CategoricalSplit;

/** P(positive) = 1 / (1 + exp(−sigmoid · Σ leaf values)). */
export interface BoosterModel {
  readonly features: number;
  readonly sigmoid: number;
  readonly trees: readonly TreeNode[];
}
