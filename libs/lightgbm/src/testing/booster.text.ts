import type { BoosterModel, CategoricalSplit, NumericSplit, TreeNode } from '../tree.model';

const MISSING = { none: 0, zero: 1, nan: 2 } as const;

interface Written {
  readonly splits: (NumericSplit | CategoricalSplit)[];
  readonly leaves: number[];
  readonly left: number[];
  readonly right: number[];
}

/** The same model as LightGBM would write it: what parseBooster must give back. */
export function boosterText({ features, sigmoid, trees }: BoosterModel): string {
  const header = ['tree', 'version=v4', 'num_class=1', 'num_tree_per_iteration=1', `max_feature_idx=${features - 1}`];
  const sizes = `tree_sizes=${trees.map(() => 100).join(' ')}`;
  const blocks = trees.map((tree, index) => `Tree=${index}\n${treeText(tree)}\n\n`);
  return [...header, `objective=binary sigmoid:${sigmoid}`, sizes, '', ...blocks, 'end of trees', ''].join('\n');
}

function treeText(tree: TreeNode): string {
  const written: Written = { splits: [], leaves: [], left: [], right: [] };
  write(tree, written);
  const { splits, leaves, left, right } = written;
  const sets = splits.filter((split) => split.kind === 'categorical').map(({ codes }) => wordsOf(codes));
  let set = 0;
  const line = (name: string, values: readonly number[]) => `${name}=${values.join(' ')}`;
  const boundaries = sets.reduce((ends, words) => [...ends, (ends.at(-1) as number) + words.length], [0]);
  return [
    line('num_leaves', [leaves.length]),
    line('num_cat', [sets.length]),
    line(
      'split_feature',
      splits.map(({ feature }) => feature),
    ),
    line(
      'threshold',
      splits.map((split) => (split.kind === 'numeric' ? split.threshold : set++)),
    ),
    line('decision_type', splits.map(decisionType)),
    line('left_child', left),
    line('right_child', right),
    line('leaf_value', leaves),
    ...(sets.length > 0 ? [line('cat_boundaries', boundaries), line('cat_threshold', sets.flat())] : []),
    'is_linear=0',
    'shrinkage=1',
  ].join('\n');
}

/** Returns the child's number: splits count up from 0, leaves down from −1. */
function write(node: TreeNode, written: Written): number {
  if (node.kind === 'leaf') return -written.leaves.push(node.value);
  const index = written.splits.push(node) - 1;
  written.left[index] = write(node.left, written);
  written.right[index] = write(node.right, written);
  return index;
}

const decisionType = (split: NumericSplit | CategoricalSplit): number =>
  split.kind === 'categorical' ? 1 : (split.defaultLeft ? 2 : 0) + 4 * MISSING[split.missing];

function wordsOf(codes: readonly number[]): number[] {
  const words = new Uint32Array(Math.floor((codes.at(-1) ?? 0) / 32) + 1);
  for (const code of codes) words[code >> 5] = ((words[code >> 5] as number) | (1 << (code & 31))) >>> 0;
  return Array.from(words);
}
