import type { BoosterModel, CategoricalSplit, NumericSplit, TreeNode } from '../tree.model';

// As LightGBM's Tree::NumericalDecision and Tree::CategoricalDecision (include/LightGBM/tree.h) decide.
const ZERO = 1e-35;

function goesLeft(split: NumericSplit | CategoricalSplit, value: number): boolean {
  if (split.kind === 'categorical') return split.codes.includes(value);
  const { missing, defaultLeft, threshold } = split;
  const given = Number.isNaN(value) && missing !== 'nan' ? 0 : value;
  if (Number.isNaN(given) || (missing === 'zero' && Math.abs(given) <= ZERO)) return defaultLeft;
  return given <= threshold;
}

function leafOf(node: TreeNode, row: readonly number[]): number {
  if (node.kind === 'leaf') return node.value;
  return leafOf(goesLeft(node, row[node.feature] as number) ? node.left : node.right, row);
}

/** Σ leaf values. */
export const rawScore = ({ trees }: BoosterModel, row: readonly number[]): number =>
  trees.reduce((sum, tree) => sum + leafOf(tree, row), 0);

export const probabilityOf = (model: BoosterModel, row: readonly number[]): number =>
  1 / (1 + Math.exp(-model.sigmoid * rawScore(model, row)));
