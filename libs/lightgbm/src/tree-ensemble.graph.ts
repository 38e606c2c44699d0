import * as op from '@perennial/onnx-graph';
import type { EncodedInputs } from '@perennial/tabular-models';
import { type EnsembleColumns, ensembleColumns } from './tree-ensemble.nodes';
import type { BoosterModel } from './tree.model';

/** P(positive), float32 [batch, 1]. */
export function ensembleProbability(
  g: op.Graph,
  { sigmoid, trees }: BoosterModel,
  inputs: EncodedInputs,
  cardinalities: readonly number[],
  precision: 'float32' | 'float64' = 'float64',
): op.Value {
  const parts = [inputs.categorical, inputs.numeric].filter((part) => part !== undefined);
  const x = op.concat(
    g,
    parts.map((part) => op.cast(g, part, precision)),
    1,
  );
  const attributes = ensembleAttributes(ensembleColumns(trees, cardinalities), precision);
  const shape = [x.shape[0] as op.Dim, 1];
  const raw = g.single('TreeEnsembleRegressor', [x], { type: 'float32', shape }, attributes, 'ai.onnx.ml');
  return op.sigmoid(g, op.mul(g, raw, op.scalar(g, sigmoid, raw)));
}

function ensembleAttributes(columns: EnsembleColumns, precision: 'float32' | 'float64'): Record<string, op.Attribute> {
  const ints = (value: readonly number[]): op.Attribute => ({ kind: 'ints', value });
  const text = (value: string): op.Attribute => ({ kind: 'string', value });
  const numbers = (name: string, value: number[]): Record<string, op.Attribute> =>
    precision === 'float64'
      ? { [`${name}_as_tensor`]: { kind: 'tensor', value: op.float64(value) } }
      : { [name]: { kind: 'floats', value } };
  const values = precision === 'float64' ? columns.values : columns.values.map(roundDown);
  return {
    n_targets: { kind: 'int', value: 1 },
    aggregate_function: text('SUM'),
    post_transform: text('NONE'),
    nodes_treeids: ints(columns.treeIds),
    nodes_nodeids: ints(columns.nodeIds),
    nodes_featureids: ints(columns.featureIds),
    nodes_modes: { kind: 'strings', value: columns.modes },
    ...numbers('nodes_values', values),
    nodes_truenodeids: ints(columns.trueIds),
    nodes_falsenodeids: ints(columns.falseIds),
    nodes_missing_value_tracks_true: ints(columns.missingTrue),
    target_treeids: ints(columns.leafTreeIds),
    target_nodeids: ints(columns.leafNodeIds),
    target_ids: ints(columns.leafTreeIds.map(() => 0)),
    ...numbers('target_weights', columns.leafValues),
  };
}

/** The largest float32 not above x. */
function roundDown(x: number): number {
  const near = Math.fround(x);
  if (near <= x) return near;
  const bits = new Int32Array(1);
  const view = new Float32Array(bits.buffer);
  view[0] = near;
  if (near === 0) return -1.401298464324817e-45;
  bits[0] = (bits[0] as number) + (near > 0 ? -1 : 1);
  return view[0] as number;
}
