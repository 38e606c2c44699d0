import { TrainingError } from '@perennial/training';
import type { BoosterModel, CategoricalSplit, Missing, NumericSplit, TreeNode } from './tree.model';

// decision_type of a split, as include/LightGBM/tree.h has it: bit 0 categorical, bit 1 default left, bits 2–3 missing.
const CATEGORICAL = 1;
const DEFAULT_LEFT = 2;
const MISSING: readonly (Missing | undefined)[] = ['none', 'zero', 'nan'];

type Fields = ReadonlyMap<string, string>;

/**
 * Reads the model text of LightGBM 3 and 4 (LGBM_BoosterSaveModelToString): binary objective, constant leaves. Throws
 * TrainingError `training.library-failed` naming the tree and the field that it cannot read.
 */
export function parseBooster(text: string): BoosterModel {
  const [head = '', ...rest] = text.split(/^Tree=\d+$/m);
  const header = fieldsOf(head);
  if (!/^v[34]$/.test(header.get('version') ?? '')) refuse('version', header.get('version'), 'must be v3 or v4');
  if (header.get('num_tree_per_iteration') !== '1') {
    refuse('num_tree_per_iteration', header.get('num_tree_per_iteration'), 'must be 1');
  }
  if (/^average_output$/m.test(head)) refuse('average_output', true, 'trees must be summed');
  const sizes = header.get('tree_sizes')?.split(' ').filter(Boolean) ?? [];
  if (sizes.length !== rest.length) refuse('trees', rest.length, `the header announces ${sizes.length}`);
  const features = whole('max_feature_idx', header.get('max_feature_idx')) + 1;
  const blocks = rest.map((block) => fieldsOf(block.split(/^end of trees$/m)[0] as string));
  return {
    features,
    sigmoid: sigmoidOf(header.get('objective')),
    trees: blocks.map((fields, index) => parseTree(fields, index, features)),
  };
}

function sigmoidOf(objective = ''): number {
  const [name, ...options] = objective.split(' ');
  const sigmoid = Number(options.find((option) => option.startsWith('sigmoid:'))?.slice('sigmoid:'.length));
  if (name !== 'binary' || !(sigmoid > 0)) refuse('objective', objective, 'must be binary with a sigmoid');
  return sigmoid;
}

function parseTree(fields: Fields, index: number, features: number): TreeNode {
  const at = (field: string) => `tree ${index} ${field}`;
  const column = (field: string, length: number): number[] => {
    const values = (fields.get(field) ?? '').split(' ').filter(Boolean).map(Number);
    if (values.length !== length || values.some(Number.isNaN)) {
      refuse(at(field), fields.get(field), `must be ${length} numbers`);
    }
    return values;
  };
  if (fields.get('is_linear') === '1') refuse(at('is_linear'), 1, 'leaves must be constant');
  const leaves = whole(at('num_leaves'), fields.get('num_leaves'));
  const leafValues = column('leaf_value', leaves);
  if (leaves === 1) return { kind: 'leaf', value: leafValues[0] as number };
  const splits: SplitColumns = {
    feature: column('split_feature', leaves - 1),
    threshold: column('threshold', leaves - 1),
    decision: column('decision_type', leaves - 1),
    left: column('left_child', leaves - 1),
    right: column('right_child', leaves - 1),
    sets: categorySets(fields, column, whole(at('num_cat'), fields.get('num_cat'))),
  };
  const foreign = splits.feature.find((feature) => !(Number.isInteger(feature) && feature >= 0 && feature < features));
  if (foreign !== undefined) refuse(at('split_feature'), foreign, `must be below ${features}`);
  const seen = new Set<number>();
  const node = (child: number): TreeNode => {
    // Children below zero are leaves, −1 the first one.
    if (seen.has(child) || child >= leaves - 1 || child < -leaves) refuse(at('children'), child, 'must form a tree');
    seen.add(child);
    return child < 0 ? { kind: 'leaf', value: leafValues[-child - 1] as number } : splitAt(splits, child, node, at);
  };
  return node(0);
}

interface SplitColumns {
  readonly feature: readonly number[];
  readonly threshold: readonly number[];
  readonly decision: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  /** Categories of each categorical split, which its threshold counts. */
  readonly sets: readonly (readonly number[])[];
}

function splitAt(
  { feature, threshold, decision, left, right, sets }: SplitColumns,
  index: number,
  child: (index: number) => TreeNode,
  at: (field: string) => string,
): NumericSplit | CategoricalSplit {
  const type = decision[index] as number;
  const [value, featureAt] = [threshold[index] as number, feature[index] as number];
  const branches = { left: child(left[index] as number), right: child(right[index] as number) };
  if (type & CATEGORICAL) {
    const codes = sets[value] ?? refuse(at('threshold'), value, `must be one of ${sets.length} sets of categories`);
    return { kind: 'categorical', feature: featureAt, codes, ...branches };
  }
  const missing = MISSING[type >> 2] ?? refuse(at('decision_type'), type, 'the kind of missing values is unknown');
  const defaultLeft = (type & DEFAULT_LEFT) !== 0;
  return { kind: 'numeric', feature: featureAt, threshold: value, missing, defaultLeft, ...branches };
}

/** Bitsets of 32-bit words: set i has the words from cat_boundaries[i] up to cat_boundaries[i + 1]. */
function categorySets(fields: Fields, column: (field: string, length: number) => number[], sets: number): number[][] {
  if (sets === 0) return [];
  const boundaries = column('cat_boundaries', sets + 1);
  const words = column('cat_threshold', boundaries[sets] as number);
  return Array.from({ length: sets }, (_, set) => codesOf(words.slice(boundaries[set], boundaries[set + 1])));
}

function codesOf(words: readonly number[]): number[] {
  return words.flatMap((word, index) =>
    Array.from({ length: 32 }, (_, bit) => bit)
      .filter((bit) => ((word >>> bit) & 1) === 1)
      .map((bit) => 32 * index + bit),
  );
}

function fieldsOf(block: string): Fields {
  return new Map(
    block.split('\n').flatMap((line) => {
      const equals = line.indexOf('=');
      return equals < 0 ? [] : [[line.slice(0, equals), line.slice(equals + 1).trim()] as const];
    }),
  );
}

function whole(field: string, text: string | undefined): number {
  const value = Number(text);
  return text && Number.isInteger(value) && value >= 0 ? value : refuse(field, text, 'must be an integer from 0');
}

function refuse(field: string, value: unknown, rule: string): never {
  const message = `the LightGBM model cannot be read: ${field} is ${JSON.stringify(value)}: ${rule}`;
  throw new TrainingError('training.library-failed', message, { field, value, rule });
}
