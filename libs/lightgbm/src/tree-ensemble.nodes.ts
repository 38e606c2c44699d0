import type { CategoricalSplit, NumericSplit, TreeNode } from './tree.model';

/** The node columns of ai.onnx.ml's tree ensembles; the lists of one group are parallel. */
export interface EnsembleColumns {
  readonly treeIds: number[];
  readonly nodeIds: number[];
  readonly featureIds: number[];
  readonly modes: ('LEAF' | 'BRANCH_LEQ' | 'BRANCH_EQ')[];
  readonly values: number[];
  /** Within the tree; 0 for leaves. */
  readonly trueIds: number[];
  readonly falseIds: number[];
  /** 1 where NaN takes the true branch. */
  readonly missingTrue: (0 | 1)[];
  readonly leafTreeIds: number[];
  readonly leafNodeIds: number[];
  readonly leafValues: number[];
}

export function ensembleColumns(trees: readonly TreeNode[], cardinalities: readonly number[]): EnsembleColumns {
  const columns: EnsembleColumns = {
    treeIds: [],
    nodeIds: [],
    featureIds: [],
    modes: [],
    values: [],
    trueIds: [],
    falseIds: [],
    missingTrue: [],
    leafTreeIds: [],
    leafNodeIds: [],
    leafValues: [],
  };
  trees.forEach((tree, index) => new TreeWriter(columns, index, cardinalities).write(tree));
  return columns;
}

class TreeWriter {
  private next = 0;

  constructor(
    private readonly columns: EnsembleColumns,
    private readonly tree: number,
    private readonly cardinalities: readonly number[],
  ) {}

  /** Appends the node and what is below it; returns its id. */
  write(node: TreeNode): number {
    if (node.kind === 'leaf') return this.leaf(node.value);
    return node.kind === 'numeric' ? this.numeric(node) : this.categorical(node);
  }

  private leaf(value: number): number {
    const id = this.append('LEAF', 0, 0, 0);
    this.columns.leafTreeIds.push(this.tree);
    this.columns.leafNodeIds.push(id);
    this.columns.leafValues.push(value);
    return id;
  }

  private numeric({ feature, threshold, missing, defaultLeft, left, right }: NumericSplit): number {
    if (missing === 'zero') throw new RangeError(`feature ${feature}: zero as a missing value cannot be exported`);
    const missingLeft = missing === 'nan' ? defaultLeft : 0 <= threshold;
    const id = this.append('BRANCH_LEQ', feature, threshold, missingLeft ? 1 : 0);
    this.link(id, this.write(left), this.write(right));
    return id;
  }

  /**
   * A chain of equalities over whichever is shorter, the set or the feature's other codes. All true branches lead to the
   * same node: the form in which the usual converters write sets, and ONNX Runtime reads as one test.
   */
  private categorical({ feature, codes, left, right }: CategoricalSplit): number {
    const known = Array.from({ length: this.cardinalities[feature] ?? 0 }, (_, code) => code);
    const inside = known.filter((code) => codes.includes(code));
    const outside = known.filter((code) => !codes.includes(code));
    const [tested, then, otherwise] = inside.length <= outside.length ? [inside, left, right] : [outside, right, left];
    const chain = tested.map((code) => this.append('BRANCH_EQ', feature, code, 0));
    const [first] = chain;
    if (first === undefined) return this.write(otherwise);
    const afterwards = [...chain.slice(1), this.write(otherwise)];
    const target = this.write(then);
    chain.forEach((id, index) => this.link(id, target, afterwards[index] as number));
    return first;
  }

  private append(mode: EnsembleColumns['modes'][number], feature: number, value: number, missingTrue: 0 | 1): number {
    const { columns } = this;
    columns.treeIds.push(this.tree);
    columns.nodeIds.push(this.next);
    columns.featureIds.push(feature);
    columns.modes.push(mode);
    columns.values.push(value);
    columns.trueIds.push(0);
    columns.falseIds.push(0);
    columns.missingTrue.push(missingTrue);
    return this.next++;
  }

  private link(id: number, whenTrue: number, whenFalse: number): void {
    const at = this.columns.trueIds.length - this.next + id;
    this.columns.trueIds[at] = whenTrue;
    this.columns.falseIds[at] = whenFalse;
  }
}
